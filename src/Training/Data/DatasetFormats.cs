using System.Reflection;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Datasets;

namespace AdaptCluster.Training.Data;

/// <summary>The formats whose data sets can be opened: those of an assembly are found by reflection, so nothing lists them.</summary>
public static class DatasetFormats
{
    private static readonly Lazy<FormatCatalog> Own = new(() => new FormatCatalog(In(typeof(DatasetFormats).Assembly)));

    /// <summary>The formats that come with AdaptCluster.</summary>
    public static FormatCatalog BuiltIn => Own.Value;

    /// <summary>The formats of an assembly.</summary>
    /// <exception cref="InvalidInputException">One opens nothing, or cannot be made.</exception>
    public static IReadOnlyList<DatasetFormat> In(Assembly assembly) =>
        [.. FoundClasses.In<DatasetFormat>(assembly, (typeof(IDatasetOpener), "opens no data set"))];

    /// <summary>What opens a format's data sets.</summary>
    /// <param name="format">A format of a catalog of this class's formats.</param>
    public static IDatasetOpener Opener(DatasetFormat format) => (IDatasetOpener)format;
}
