using AdaptCluster.Contracts;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>The source of a spec: its name in error messages, and the lines of its values if the text is YAML.</summary>
public sealed class SpecSource
{
    private readonly IReadOnlyDictionary<string, int> _lines;

    /// <summary>Initializes a source.</summary>
    /// <param name="name">The name of the spec in error messages, such as the file's name.</param>
    /// <param name="lines">The lines of the values, counted from 1 and keyed by JSON path; null if error messages contain only the
    /// path.</param>
    public SpecSource(string name, IReadOnlyDictionary<string, int>? lines = null)
    {
        Name = name;
        _lines = lines ?? new Dictionary<string, int>();
    }

    /// <summary>The name of the spec in error messages.</summary>
    public string Name { get; }

    /// <summary>Creates the error for a refused spec: one line that ends with a single full stop or question mark.</summary>
    /// <param name="path">The JSON path of the refused value.</param>
    /// <param name="message">The message: what was found and what to write instead.</param>
    /// <param name="inner">The underlying error, if any.</param>
    /// <param name="key">The key below the path that is refused; null if the error is not about a key.</param>
    public InvalidInputException Refused(string path, string message, Exception? inner = null, string? key = null) =>
        RefusedAt(LineOf(key is null ? path : $"{path}.{key}"), path, message, inner);

    /// <summary>Creates the error for a refused spec at a line, which is 0 if it is not known.</summary>
    internal InvalidInputException RefusedAt(int line, string path, string message, Exception? inner = null) =>
        new(PrintableText.OneLine($"{Name}: {(line > 0 ? $"line {line}: " : "")}{path}: {Sentence(message)}"), inner);

    private static string Sentence(string message) => message.TrimEnd('.', ' ') is var text && text.EndsWith('?') ? text : text + ".";

    /// <summary>Returns the line of a value, or of the nearest enclosing value whose line is known; 0 if there is none.</summary>
    private int LineOf(string path)
    {
        for (var at = path; at.Length > 0; at = at[..Math.Max(at.LastIndexOfAny(['.', '[']), 0)])
            if (_lines.TryGetValue(at, out var line)) return line;
        return 0;
    }
}
