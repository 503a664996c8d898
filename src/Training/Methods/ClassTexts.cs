using AdaptCluster.Contracts;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Methods;

/// <summary>The texts of a data set's classes in parts: the template's words in front of the name, the name, and the words behind it.</summary>
internal sealed class ClassTexts
{
    private const string Name = "{}";

    private readonly int _start, _end;
    private readonly int[][] _after;

    /// <summary>Cuts a template.</summary>
    /// <param name="tokenizer">The backbone's tokenizer.</param>
    /// <param name="template">The text of a class, "{}" standing for its name.</param>
    /// <param name="classNames">Names in label order; underscores are spaces.</param>
    /// <exception cref="InvalidInputException">The template has no "{}", or a part is longer than the context.</exception>
    internal ClassTexts(ITokenizer tokenizer, string template, IReadOnlyList<string> classNames)
    {
        var cut = template.IndexOf(Name, StringComparison.Ordinal);
        if (cut < 0) throw new InvalidInputException($"The template '{template}' has no {{}}; write {{}} where the class name belongs.");
        (Template, BeforeText) = (template, template[..cut].Trim());
        var names = classNames.Select(name => name.Replace('_', ' ')).ToArray();
        int[] Tokens(string text) => tokenizer.Encode(text)[1..^1];
        var empty = tokenizer.Encode("");
        (_start, _end) = (empty[0], empty[^1]);
        Before = BeforeText.Length == 0 ? [] : Tokens(BeforeText);
        Names = [.. names.Select(Tokens)];
        _after = [.. names.Select(name => Tokens(template[(cut + Name.Length)..].Replace(Name, name, StringComparison.Ordinal)))];
    }

    /// <summary>The template.</summary>
    internal string Template { get; }

    /// <summary>The words in front of the name.</summary>
    internal string BeforeText { get; }

    /// <summary>Tokens of the words in front of the name.</summary>
    internal int[] Before { get; }

    /// <summary>Tokens of each name.</summary>
    internal int[][] Names { get; }

    /// <summary>The texts with other tokens in front of the name.</summary>
    /// <param name="before">Those tokens.</param>
    /// <returns>Token ids of each class, start and end included.</returns>
    internal int[][] With(IReadOnlyList<int> before) => [.. Names.Select((name, label) => (int[])[_start, .. before, .. name, .. _after[label], _end])];

    /// <summary>The texts with as many free places in front of the name.</summary>
    internal int[][] WithPlaces(int count) => With(new int[count]);
}
