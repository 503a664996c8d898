using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;

namespace AdaptCluster.Training.Data.Folders;

/// <summary>The format for data sets with one folder of image files per class.</summary>
internal sealed class FolderFormat : DatasetFormat, IDatasetOpener
{
    /// <summary>The name of the format.</summary>
    internal const string Id = "folder";

    /// <inheritdoc/>
    public override string Name => Id;

    /// <inheritdoc/>
    public override int Order => 2;

    /// <inheritdoc/>
    public override string Description => "one folder of images per class, or train, validation and test, each with one folder per class.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [DatasetKeys.Path, DatasetKeys.Names];

    /// <inheritdoc/>
    public override string Refusal(string key, string dataset) =>
        $"a folder data set has its {key} in its path; remove it, or write \"format\": \"csv\" or \"split\" and the list's path";

    /// <inheritdoc/>
    public IDataset Open(IReadOnlyList<string> dataRoots, DatasetSource source) =>
        FolderDataset.Open(dataRoots, source.Path!, source.Names);

    /// <inheritdoc/>
    public string Stamp(IReadOnlyList<string> dataRoots, DatasetSource source) => FolderDataset.Stamp(dataRoots, source.Path!);
}
