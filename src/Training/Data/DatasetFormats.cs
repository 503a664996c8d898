using System.Reflection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data;

/// <summary>
/// The data set formats that the trainer can open. Formats are discovered in an assembly by reflection, so there is no list to maintain.
/// </summary>
public static class DatasetFormats
{
    private static readonly Lazy<FormatCatalog> Own = new(() => new FormatCatalog(In(typeof(DatasetFormats).Assembly)));

    /// <summary>The formats that come with AdaptCluster.</summary>
    public static FormatCatalog BuiltIn => Own.Value;

    /// <summary>Returns the formats that an assembly contains.</summary>
    /// <exception cref="InvalidInputException">A format does not implement <see cref="IDatasetOpener"/>, or cannot be created.</exception>
    public static IReadOnlyList<DatasetFormat> In(Assembly assembly) =>
        [.. ClassDiscovery.In<DatasetFormat>(assembly, (typeof(IDatasetOpener), "cannot open data sets"))];

    /// <summary>
    /// Opens a data set with its format. Applies the few-shot lists and the restriction to half of the classes, if the spec has them.
    /// </summary>
    /// <param name="opener">The data set's format.</param>
    /// <param name="dataRoots">The data roots, searched in order; data sets must be inside one of them.</param>
    /// <param name="source">The data set as written in the spec; its template is ignored.</param>
    /// <exception cref="InvalidInputException">The data set cannot be opened (see <see cref="IDatasetOpener.Open"/>), or the few-shot lists
    /// cannot be used.</exception>
    public static IDataset Open(IDatasetOpener opener, IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var dataset = WithFewShots(opener.Open(dataRoots, source), dataRoots, source);
        return source.Classes is null ? dataset : Half(dataset, source);
    }

    /// <summary>Restricts a data set to the half of its classes that the spec selects.</summary>
    /// <param name="whole">The data set with all classes.</param>
    /// <param name="source">The data set as written in the spec, which must select a half.</param>
    /// <exception cref="InvalidInputException">The data set has too few classes.</exception>
    public static IDataset Half(IDataset whole, DatasetSource source) =>
        new HalfDataset(whole, source.Classes!, source.Name.Length > 0 ? source.Name : source.Path!);

    /// <summary>
    /// Returns a data set as a <see cref="FileDataset"/>, including all classes even if it is restricted to half of them; null if it has no
    /// files.
    /// </summary>
    public static FileDataset? Files(IDataset dataset) => dataset switch
    {
        FileDataset files => files,
        HalfDataset half => Files(half.All),
        _ => null,
    };

    private static IDataset WithFewShots(IDataset dataset, IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        if (source.FewShots is not { } folder) return dataset;
        return dataset is FileDataset files ? files.WithFewShots(dataRoots, source)
            : throw new InvalidInputException(
                $"data set '{source.Name}' has no image files that the few-shot lists in {folder} could name; remove fewShots.");
    }

    /// <summary>Computes a cheap change stamp of a data set's files. A different stamp means that the files may have changed.</summary>
    /// <param name="opener">The data set's format.</param>
    /// <param name="dataRoots">The data roots, searched in order; data sets must be inside one of them.</param>
    /// <param name="source">The data set as written in the spec; its template is ignored.</param>
    /// <exception cref="InvalidInputException">The data set cannot be opened; see <see cref="Open"/>.</exception>
    public static string Stamp(IDatasetOpener opener, IReadOnlyList<string> dataRoots, DatasetSource source) =>
        opener.Stamp(dataRoots, source) + (source.FewShots is null ? "" : $"\n{FewShotFolder.Stamp(dataRoots, source)}");

    /// <summary>Returns the opener for a format's data sets.</summary>
    /// <param name="format">A format from a catalog that was built from this class.</param>
    public static IDatasetOpener Opener(DatasetFormat format) => (IDatasetOpener)format;
}
