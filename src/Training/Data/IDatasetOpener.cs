using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Opens data sets that have a given format. Every <see cref="DatasetFormat"/> that the trainer can use implements this interface.
/// Implementations must be thread-safe.
/// </summary>
public interface IDatasetOpener
{
    /// <summary>
    /// Opens a data set, listing its files and computing its fingerprint (see docs/users/datasets.md) without decoding any image.
    /// </summary>
    /// <param name="dataRoots">The data roots, searched in order; data sets must be inside one of them.</param>
    /// <param name="source">The data set as written in the spec; its template is ignored.</param>
    /// <exception cref="InvalidInputException">A path leads out of the root, or the data set is missing, incomplete or damaged; the message
    /// names the path.</exception>
    IDataset Open(IReadOnlyList<string> dataRoots, DatasetSource source);

    /// <summary>
    /// Computes a cheap change stamp of a data set's files, without reading images. A different stamp means that the files may have
    /// changed.
    /// </summary>
    /// <param name="dataRoots">The data roots, searched in order; data sets must be inside one of them.</param>
    /// <param name="source">The data set as written in the spec; its template is ignored.</param>
    /// <exception cref="InvalidInputException">The data set cannot be opened; see <see cref="Open"/>.</exception>
    string Stamp(IReadOnlyList<string> dataRoots, DatasetSource source);

    /// <summary>
    /// Checks a data set in a spec. The default checks that the data set can be opened and, for image files, that the images used by the
    /// seeds are readable.
    /// </summary>
    /// <param name="dataRoots">The data roots, searched in order; data sets must be inside one of them.</param>
    /// <param name="source">The data set as written in the spec.</param>
    /// <param name="shots">The number of training images per class.</param>
    /// <param name="seeds">The seeds of the draws.</param>
    /// <param name="cancellation">Checked before each image.</param>
    DatasetReport Check(
        IReadOnlyList<string> dataRoots, DatasetSource source, int shots, IReadOnlyList<int> seeds, CancellationToken cancellation) =>
        OpenedCheck.Of(this, dataRoots, source, shots, dataset => dataset.Used(shots, seeds), cancellation);
}
