namespace AdaptCluster.Sweeps.Datasets;

/// <summary>The keys of a data set in a spec that mean something for some formats alone.</summary>
public static class DatasetKeys
{
    /// <summary>The folder or list, relative to a data root.</summary>
    public const string Path = "path";

    /// <summary>Other names for classes.</summary>
    public const string Names = "names";

    /// <summary>The folder that image paths of a list are relative to.</summary>
    public const string Images = "images";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Path, Names, Images];
}
