namespace AdaptCluster.Sweeps.Datasets;

/// <summary>The keys of a data set in a spec that only some formats support.</summary>
public static class DatasetKeys
{
    /// <summary>The folder or list, relative to a data root.</summary>
    public const string Path = "path";

    /// <summary>Replacements for class names.</summary>
    public const string Names = "names";

    /// <summary>The folder that image paths of a list are relative to.</summary>
    public const string Images = "images";

    /// <summary>The folder of the few-shot lists; supported by all data sets in files.</summary>
    public const string FewShots = "fewShots";

    /// <summary>A half of the classes; supported by all data sets.</summary>
    public const string Classes = "classes";

    /// <summary>All keys that a format chooses from.</summary>
    public static IReadOnlyList<string> All { get; } = [Path, Names, Images];
}
