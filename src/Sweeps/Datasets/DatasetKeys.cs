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

    /// <summary>The folder of few-shot lists; of data sets in files.</summary>
    public const string FewShots = "fewShots";

    /// <summary>A half of the classes; of every data set.</summary>
    public const string Classes = "classes";

    /// <summary>All that a format chooses from.</summary>
    public static IReadOnlyList<string> All { get; } = [Path, Names, Images];
}
