using System.Text.RegularExpressions;

namespace AdaptCluster.Training.Data;

/// <summary>The common names of the three splits in folders, tables and split files.</summary>
internal static partial class SplitNames
{
    /// <summary>The canonical name of the training split.</summary>
    public const string Train = "train";

    /// <summary>The canonical name of the validation split.</summary>
    public const string Validation = "val";

    /// <summary>The canonical name of the test split.</summary>
    public const string Test = "test";

    /// <summary>A list of all accepted names, for messages.</summary>
    public const string All = "train or training; val, valid, validation or dev; test or testing";

    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = Train,
        ["training"] = Train,
        ["val"] = Validation,
        ["valid"] = Validation,
        ["validation"] = Validation,
        ["dev"] = Validation,
        ["test"] = Test,
        ["testing"] = Test,
    };

    private static readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> KnownSpans =
        Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Returns the canonical name of the split that a name denotes, ignoring case; null if the name is unknown.</summary>
    public static string? Find(string name) => Known.GetValueOrDefault(name);

    /// <summary>
    /// Returns the first split whose name is a word in a string, such as "train2017", "PublicTest" or "images_val_2"; null if the string
    /// contains no split name.
    /// </summary>
    public static string? Spoken(ReadOnlySpan<char> text)
    {
        // A fast path: most fields of a large table are numbers.
        if (!text.ContainsAnyInRange('A', 'z')) return null;
        foreach (var word in Word().EnumerateMatches(text))
            if (KnownSpans.TryGetValue(text.Slice(word.Index, word.Length), out var split)) return split;
        return null;
    }

    /// <summary>Splits a name into words. Both "isTrain" and "is_train" have two words.</summary>
    public static IEnumerable<string> Words(string name) => Word().Matches(name).Select(word => word.Value);

    [GeneratedRegex(@"\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+(?!\p{Ll})|\p{Lo}+")]
    private static partial Regex Word();
}
