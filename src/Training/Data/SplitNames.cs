namespace AdaptCluster.Training.Data;

/// <summary>The names that people give the three splits, in folders, tables and split files alike.</summary>
internal static class SplitNames
{
    /// <summary>Training images.</summary>
    public const string Train = "train";

    /// <summary>Validation images.</summary>
    public const string Validation = "val";

    /// <summary>Test images.</summary>
    public const string Test = "test";

    /// <summary>All names, as messages list them.</summary>
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

    /// <summary>The split that a name means, in any case; null where it means none.</summary>
    public static string? Find(string name) => Known.GetValueOrDefault(name);

    /// <summary>
    /// The split that a text speaks of by its first word, such as "train2017" and "Test images"; null where it speaks of none.
    /// </summary>
    public static string? Spoken(string text)
    {
        var word = text.TakeWhile(char.IsAsciiLetter).ToArray();
        return word.Length > 0 ? Find(new string(word)) : null;
    }
}
