namespace AdaptCluster.Training.Data.Lists;

/// <summary>The format for data sets that are listed in a JSON file such as the CoOp family's split_zhou_*.json.</summary>
internal sealed class SplitFormat : ListFormat
{
    /// <inheritdoc/>
    public override string Name => "split";

    /// <inheritdoc/>
    public override int Order => 4;

    /// <inheritdoc/>
    public override string Description => "a JSON file in the format of CoOp's split_zhou_*.json.";

    /// <inheritdoc/>
    protected override ListedSplit Read(string file) => SplitJson.Read(file, Advice);
}
