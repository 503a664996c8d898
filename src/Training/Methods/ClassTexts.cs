using AdaptCluster.Contracts;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// A data set's class texts, split before the class name. The name and the words after it are tokenized together because CLIP's tokenizer
/// merges adjacent punctuation: a name that ends in ")" before a full stop ends in the token ").".
/// </summary>
public sealed class ClassTexts
{
    private const string Name = "{}";

    private readonly int _start, _end;
    private readonly int[][] _named;

    /// <summary>Initializes the class texts, splitting the template at the class name.</summary>
    /// <param name="tokenizer">The backbone's tokenizer.</param>
    /// <param name="template">The prompt template, with "{}" in place of the class name.</param>
    /// <param name="classNames">The class names in label order. Underscores are replaced with spaces.</param>
    /// <exception cref="InvalidInputException">The template has no "{}", the word before "{}" merges with a class name, or part of a text
    /// exceeds the context length.</exception>
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
                $"The template '{template}' joins '{BeforeText}' and the class name '{names[joined]}' into one word; "
                + "put a space before {}.");
    }

    /// <summary>The template.</summary>
    public string Template { get; }

    /// <summary>The template's words before the class name.</summary>
    public string BeforeText { get; }

    /// <summary>The token ids of the words before the class name.</summary>
    public int[] Before { get; }

    /// <summary>The token ids of each class name, tokenized separately.</summary>
    public int[][] Names { get; }

    /// <summary>Returns the class texts with the given tokens before the name.</summary>
    /// <param name="before">The token ids to put before the name.</param>
    /// <returns>The token ids of each class text, including the start and end tokens.</returns>
    public int[][] With(IReadOnlyList<int> before) => [.. _named.Select(named => (int[])[_start, .. before, .. named, _end])];

    /// <summary>Returns the first tokens of each class name, as they occur in the class texts.</summary>
    /// <param name="count">The number of tokens per name; at most the number in the shortest name.</param>
    public int[][] FirstOfNames(int count) => [.. _named.Select(named => named[..count])];

    /// <summary>Returns the class texts with <paramref name="count"/> placeholder tokens before the name.</summary>
    public int[][] WithPlaces(int count) => With(new int[count]);
}
