namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The data sets of the CoOp family. Layouts are discovered by reflection, so there is no list to maintain.</summary>
internal static class CoOpLayouts
{
    private static readonly CoOpLayout[] Found =
    [
        .. ClassDiscovery.In<CoOpLayout>(typeof(CoOpLayouts).Assembly)
            .OrderBy(layout => layout.Order).ThenBy(layout => layout.Name, StringComparer.Ordinal),
    ];

    /// <summary>The data sets with training images, in the order of the CoOp papers' tables.</summary>
    public static IReadOnlyList<CoOpLayout> All { get; } = [.. Found.Where(layout => !layout.IsTestOnly)];

    /// <summary>The data sets that have only test images.</summary>
    public static IReadOnlyList<CoOpLayout> TestOnly { get; } = [.. Found.Where(layout => layout.IsTestOnly)];

    /// <summary>Returns the data set with the given name; null if no data set has this name.</summary>
    public static CoOpLayout? Find(string name) => Array.Find(Found, layout => layout.Name == name);
}
