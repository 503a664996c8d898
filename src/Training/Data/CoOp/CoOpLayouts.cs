namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The data sets of the CoOp family: the layouts are found by reflection, so nothing lists them.</summary>
internal static class CoOpLayouts
{
    /// <summary>All of them, in the order of the family's tables.</summary>
    public static IReadOnlyList<CoOpLayout> All { get; } =
    [
        .. FoundClasses.In<CoOpLayout>(typeof(CoOpLayouts).Assembly)
            .OrderBy(layout => layout.Order).ThenBy(layout => layout.Name, StringComparer.Ordinal),
    ];

    /// <summary>One of them; null when there is none of that name.</summary>
    public static CoOpLayout? Find(string name) => All.FirstOrDefault(layout => layout.Name == name);
}
