namespace AdaptCluster.Training.Data.Lists;

/// <summary>A JSON file in the format of the CoOp family's split_zhou_*.json.</summary>
internal sealed class SplitFormat : ListFormat
{
    /// <inheritdoc/>
    public override string Name => "split";

    /// <inheritdoc/>
    public override int Order => 4;

    /// <inheritdoc/>
    public override string Description => "a JSON file of the form of CoOp's split_zhou_*.json.";

    /// <inheritdoc/>
    protected override ListedSplit Read(string file) => SplitJson.Read(file, Advice);
}
