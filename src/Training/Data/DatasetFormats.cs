using System.Reflection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Training.Data.Lists;

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

    /// <summary>
    /// Opens a data set of a spec: by its format, with the few-shot lists that the spec names, and cut to the half of its classes.
    /// </summary>
    /// <param name="opener">Its format.</param>
    /// <param name="dataRoots">The folders that data sets must lie in, searched in order.</param>
    /// <param name="source">As in the spec; its template does not matter.</param>
    /// <exception cref="InvalidInputException">As for <see cref="IDatasetOpener.Open"/>, or the lists cannot be used.</exception>
    public static IDataset Open(IDatasetOpener opener, IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var dataset = WithFewShots(opener.Open(dataRoots, source), dataRoots, source);
        return source.Classes is null ? dataset : Half(dataset, source);
    }

    /// <summary>A data set cut to the half of its classes that a spec names.</summary>
    /// <param name="whole">All classes.</param>
    /// <param name="source">As in the spec; it names a half.</param>
    /// <exception cref="InvalidInputException">It has too few classes.</exception>
    public static IDataset Half(IDataset whole, DatasetSource source) =>
        new HalfDataset(whole, source.Classes!, source.Name.Length > 0 ? source.Name : source.Path!);

    /// <summary>The files of a data set that may be cut; null where it has none.</summary>
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
                $"data set '{source.Name}' has no files, so the lists of {folder} name none of its images; remove fewShots.");
    }

    /// <summary>What the files of a data set of a spec look like from outside; another text says that they may have changed.</summary>
    /// <param name="opener">Its format.</param>
    /// <param name="dataRoots">The folders that data sets must lie in, searched in order.</param>
    /// <param name="source">As in the spec; its template does not matter.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Open"/>.</exception>
    public static string Stamp(IDatasetOpener opener, IReadOnlyList<string> dataRoots, DatasetSource source) =>
        opener.Stamp(dataRoots, source) + (source.FewShots is null ? "" : $"\n{FewShotFolder.Stamp(dataRoots, source)}");

    /// <summary>What opens a format's data sets.</summary>
    /// <param name="format">A format of a catalog of this class's formats.</param>
    public static IDatasetOpener Opener(DatasetFormat format) => (IDatasetOpener)format;
}
