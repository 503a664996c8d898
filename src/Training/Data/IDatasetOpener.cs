using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Opens the data sets of a format. Every <see cref="DatasetFormat"/> that the trainer finds implements it. Implementations may be called
/// from several threads.
/// </summary>
public interface IDatasetOpener
{
    /// <summary>Opens a data set: lists its files and hashes what its fingerprint needs (see docs/datasets.md), decodes none.</summary>
    /// <param name="dataRoots">The folders that data sets must lie in, searched in order.</param>
    /// <param name="source">As in the spec; its template does not matter.</param>
    /// <exception cref="InvalidInputException">A path leaves the root, or the data set is not there, incomplete or damaged; the message
    /// names the path.</exception>
    IDataset Open(IReadOnlyList<string> dataRoots, DatasetSource source);

    /// <summary>
    /// What a data set's files look like from outside; another text says that they may have changed. Reads no image.
    /// </summary>
    /// <param name="dataRoots">The folders that data sets must lie in, searched in order.</param>
    /// <param name="source">As in the spec; its template does not matter.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Open"/>.</exception>
    string Stamp(IReadOnlyList<string> dataRoots, DatasetSource source);

    /// <summary>
    /// Checks a data set of a spec. Default: whether it can be opened, and for image files whether those that some seeds use are good.
    /// </summary>
    /// <param name="dataRoots">The folders that data sets must lie in, searched in order.</param>
    /// <param name="source">As in the spec.</param>
    /// <param name="shots">Training images per class.</param>
    /// <param name="seeds">Seeds of the draws.</param>
    /// <param name="cancellation">Looked at before each image.</param>
    DatasetReport Check(
        IReadOnlyList<string> dataRoots, DatasetSource source, int shots, IReadOnlyList<int> seeds, CancellationToken cancellation) =>
        OpenedCheck.Of(this, dataRoots, source, shots, dataset => dataset.Used(shots, seeds), cancellation);
}
