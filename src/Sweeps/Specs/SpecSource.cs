using AdaptCluster.Contracts;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>Where a spec comes from: what errors call it, and the lines of its values where the text is YAML.</summary>
public sealed class SpecSource
{
    private readonly IReadOnlyDictionary<string, int> _lines;

    /// <summary>Names a source.</summary>
    /// <param name="name">What errors call it, such as the file's name.</param>
    /// <param name="lines">Lines, counted from 1, by JSON path; null where errors name the path alone.</param>
    public SpecSource(string name, IReadOnlyDictionary<string, int>? lines = null)
    {
        Name = name;
        _lines = lines ?? new Dictionary<string, int>();
    }

    /// <summary>What errors call the spec.</summary>
    public string Name { get; }

    /// <summary>The error of a refused spec: one line that ends with one full stop or question mark.</summary>
    /// <param name="path">The JSON path of what is refused.</param>
    /// <param name="message">What was found and what to write instead.</param>
    /// <param name="inner">What it comes from.</param>
    /// <param name="key">The key below the path that is refused, where it is one.</param>
    public InvalidInputException Refused(string path, string message, Exception? inner = null, string? key = null) =>
        RefusedAt(LineOf(key is null ? path : $"{path}.{key}"), path, message, inner);

    /// <summary>The error of a refused spec at a line; 0 where no line is known.</summary>
    internal InvalidInputException RefusedAt(int line, string path, string message, Exception? inner = null) =>
        new(PrintableText.OneLine($"{Name}: {(line > 0 ? $"line {line}: " : "")}{path}: {Sentence(message)}"), inner);

    private static string Sentence(string message) => message.TrimEnd('.', ' ') is var text && text.EndsWith('?') ? text : text + ".";

    /// <summary>The line of a value, else that of the nearest value around it; 0 where none is known.</summary>
    private int LineOf(string path)
    {
        for (var at = path; at.Length > 0; at = at[..Math.Max(at.LastIndexOfAny(['.', '[']), 0)])
            if (_lines.TryGetValue(at, out var line)) return line;
        return 0;
    }
}
