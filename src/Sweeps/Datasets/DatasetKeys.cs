namespace AdaptCluster.Sweeps.Datasets;

/// <summary>The keys of a data set in a spec, other than its name, format and template.</summary>
public static class DatasetKeys
{
    /// <summary>The path of the folder or list, relative to a data root.</summary>
    public const string Path = "path";

    /// <summary>Replacements for class names.</summary>
    public const string Names = "names";

    /// <summary>The folder that the image paths in a list are relative to.</summary>
    public const string Images = "images";

    /// <summary>The folder of the few-shot lists; supported by all formats that store data sets in files.</summary>
    public const string FewShots = "fewShots";

    /// <summary>The half of the classes to use; supported by all formats.</summary>
    public const string Classes = "classes";

    /// <summary>The keys that a format can list in <see cref="DatasetFormat.Keys"/>.</summary>
    public static IReadOnlyList<string> All { get; } = [Path, Names, Images];
}
