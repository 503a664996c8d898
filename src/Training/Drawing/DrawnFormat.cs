using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Folders;

namespace AdaptCluster.Training.Drawing;

/// <summary>The format for the built-in data sets of drawn images. Nothing is stored on disk.</summary>
internal sealed class DrawnFormat : DatasetFormat, IDatasetOpener
{
    /// <inheritdoc/>
    public override string Name => "drawn";

    /// <inheritdoc/>
    public override int Order => 0;

    /// <inheritdoc/>
    public override string? Description => null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> KnownNames => DrawnDatasets.Names;

    /// <inheritdoc/>
    public override bool TakesUnknownNames => true;

    /// <inheritdoc/>
    public override bool HasFiles => false;

    /// <inheritdoc/>
    public override string Refusal(string key, string dataset) => KnownNames.Contains(dataset)
        ? $"a drawn data set has no {key}; remove it, or add \"format\": \"{FolderFormat.Id}\""
        : $"'{dataset}' is not a built-in data set; for your own data set, add \"format\": \"{FolderFormat.Id}\" or another format";

    /// <inheritdoc/>
    public IDataset Open(IReadOnlyList<string> dataRoots, DatasetSource source) => DrawnDatasets.Find(source.Name)
        ?? throw new InvalidInputException(
            $"'{source.Name}' is unknown; for your own data set, write its \"format\" and \"path\".");

    /// <inheritdoc/>
    public string Stamp(IReadOnlyList<string> dataRoots, DatasetSource source) => "";
}
