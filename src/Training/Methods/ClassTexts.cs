using AdaptCluster.Contracts;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// The class texts of a data set in parts: the template's words before the name, and the name with the words after it. The name and the
/// words after it stay together because CLIP's tokenizer treats adjacent punctuation as one word: a name that ends in ")" before a full
/// stop ends in the token ").".
/// </summary>
public sealed class ClassTexts
{
    private const string Name = "{}";

    private readonly int _start, _end;
    private readonly int[][] _named;

    /// <summary>Splits a template at the class name.</summary>
    /// <param name="tokenizer">The backbone's tokenizer.</param>
    /// <param name="template">The text of a class, with "{}" in place of its name.</param>
    /// <param name="classNames">Names in label order; underscores stand for spaces.</param>
    /// <exception cref="InvalidInputException">The template has no "{}", its words before the name merge with the name into one word, or a
    /// part is longer than the context.</exception>
    public ClassTexts(ITokenizer tokenizer, string template, IReadOnlyList<string> classNames)
    {
        var cut = template.IndexOf(Name, StringComparison.Ordinal);
        if (cut < 0) throw new InvalidInputException($"The template '{template}' has no {{}}; write {{}} in place of the class name.");
        (Template, BeforeText) = (template, template[..cut].Trim());
        var names = classNames.Select(name => name.Replace('_', ' ')).ToArray();
        int[] Tokens(string text) => tokenizer.Encode(text)[1..^1];
        var empty = tokenizer.Encode("");
        (_start, _end) = (empty[0], empty[^1]);
        Before = BeforeText.Length == 0 ? [] : Tokens(BeforeText);
        Names = [.. names.Select(Tokens)];
        _named = [.. names.Select(name => Tokens(template[cut..].Replace(Name, name, StringComparison.Ordinal)))];
        if (BeforeText.Length == 0 || char.IsWhiteSpace(template[cut - 1])) return;
        var joined = Array.FindIndex([.. names.Index()], named =>
            !Tokens(template.Replace(Name, named.Item, StringComparison.Ordinal)).SequenceEqual([.. Before, .. _named[named.Index]]));
        if (joined >= 0)
            throw new InvalidInputException(
                $"The template '{template}' makes one word of '{BeforeText}' and the class name "
                + $"'{names[joined]}'; put a space before {{}}.");
    }

    /// <summary>The template.</summary>
    public string Template { get; }

    /// <summary>The words before the name.</summary>
    public string BeforeText { get; }

    /// <summary>Tokens of the words before the name.</summary>
    public int[] Before { get; }

    /// <summary>Tokens of each name by itself.</summary>
    public int[][] Names { get; }

    /// <summary>Returns the texts with other tokens before the name.</summary>
    /// <param name="before">The tokens to use.</param>
    /// <returns>Token ids of each class, start and end included.</returns>
    public int[][] With(IReadOnlyList<int> before) => [.. _named.Select(named => (int[])[_start, .. before, .. named, _end])];

    /// <summary>The first tokens of each name, as they occur in the texts.</summary>
    /// <param name="count">How many tokens; at most as many as the shortest name has.</param>
    public int[][] FirstOfNames(int count) => [.. _named.Select(named => named[..count])];

    /// <summary>Returns the texts with that many placeholder tokens before the name.</summary>
    public int[][] WithPlaces(int count) => With(new int[count]);
}
