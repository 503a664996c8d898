namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The data sets of the CoOp family: the layouts are found by reflection, so nothing lists them.</summary>
internal static class CoOpLayouts
{
    private static readonly CoOpLayout[] Found =
    [
        .. FoundClasses.In<CoOpLayout>(typeof(CoOpLayouts).Assembly)
            .OrderBy(layout => layout.Order).ThenBy(layout => layout.Name, StringComparer.Ordinal),
    ];

    /// <summary>Those that can be trained on, in the order of the family's tables.</summary>
    public static IReadOnlyList<CoOpLayout> All { get; } = [.. Found.Where(layout => !layout.IsTestOnly)];

    /// <summary>Those that have test images alone.</summary>
    public static IReadOnlyList<CoOpLayout> TestOnly { get; } = [.. Found.Where(layout => layout.IsTestOnly)];

    /// <summary>One of all of them; null when there is none of that name.</summary>
    public static CoOpLayout? Find(string name) => Array.Find(Found, layout => layout.Name == name);
}
