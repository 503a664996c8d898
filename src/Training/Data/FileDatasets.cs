using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data.CoOp;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data;

/// <summary>Data sets whose images lie on disk, of every format.</summary>
public static class FileDatasets
{
    /// <summary>Whether a format's images lie on disk.</summary>
    public static bool Has(string format) =>
        format is DatasetFormats.CoOp or DatasetFormats.Folder or DatasetFormats.Csv or DatasetFormats.Split;

    /// <summary>Opens a data set: lists its files and hashes what its fingerprint needs (see docs/datasets.md), decodes none.</summary>
    /// <param name="dataRoots">The folders that data sets must lie in, searched in order.</param>
    /// <param name="source">As in the spec; its template does not matter.</param>
    /// <exception cref="InvalidInputException">A path leaves the root, or the data set is not there, incomplete or damaged; the message
    /// names the path.</exception>
    public static FileDataset Open(IReadOnlyList<string> dataRoots, DatasetSource source) => source.Format switch
    {
        DatasetFormats.CoOp => CoOpDatasets.Open(dataRoots, source.Name),
        DatasetFormats.Folder => FolderDataset.Open(dataRoots, source.Path!, source.Names),
        _ => ListDataset.Open(dataRoots, source),
    };

    /// <summary>
    /// What the files of a data set look like from outside; another text says that they may have changed. Reads no image.
    /// </summary>
    /// <param name="dataRoots">The folders that data sets must lie in, searched in order.</param>
    /// <param name="source">As in the spec; its template does not matter.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Open"/>.</exception>
    public static string Stamp(IReadOnlyList<string> dataRoots, DatasetSource source) => source.Format switch
    {
        DatasetFormats.CoOp => CoOpDatasets.Stamp(dataRoots, source.Name),
        DatasetFormats.Folder => FolderDataset.Stamp(dataRoots, source.Path!),
        _ => ListDataset.Stamp(dataRoots, source),
    };
}
