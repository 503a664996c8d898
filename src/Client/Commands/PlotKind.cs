namespace AdaptCluster.Client.Commands;

/// <summary>The kinds of figures, each with the options that it accepts in addition to the common ones.</summary>
internal static class PlotKind
{
    public const string Table = "table", Average = "average", TTarget = "t-target", Axis = "axis", Curves = "curves",
        Confusion = "confusion", BaseNew = "base-new", ContextLength = "context-length", Masks = "masks";

    private static readonly (string Name, string Shows, string[] Options)[] Kinds =
    [
        (Table, "heat map", []),
        (Average, "bars", []),
        (TTarget, "accuracy by T_target", ["--dataset", "--split"]),
        (Axis, "accuracy by another setting", ["--axis", "--dataset", "--split"]),
        (Curves, "training loss and accuracy", ["--axis", "--dataset", "--job"]),
        (Confusion, "confusion matrix of a job", ["--job", "--split", "--on", "--values"]),
        (BaseNew, "accuracy on new classes against base classes", ["--dataset"]),
        (ContextLength, "context tokens over epochs", ["--dataset", "--job"]),
        (Masks, "pruned tokens of a job", ["--job", "--step"]),
    ];

    /// <summary>The names, in the order of the help.</summary>
    public static string[] Names { get; } = Array.ConvertAll(Kinds, kind => kind.Name);

    /// <summary>The names, each with a description of the figure.</summary>
    public static string Description { get; } =
        string.Join(", ", Kinds[..^1].Select(kind => $"{kind.Name} ({kind.Shows})")) + $" or {Kinds[^1].Name} ({Kinds[^1].Shows}).";

    /// <summary>Returns the names of the kinds that accept an option, such as "curves, confusion and masks".</summary>
    public static string With(string option)
    {
        string[] names = [.. Kinds.Where(kind => kind.Options.Contains(option)).Select(kind => kind.Name)];
        return names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";
    }

    /// <summary>Whether a kind accepts an option.</summary>
    public static bool Has(string kind, string option) => Array.Find(Kinds, one => one.Name == kind).Options.Contains(option);
}
