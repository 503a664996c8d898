namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The Describable Textures Dataset (DTD).</summary>
internal sealed class DescribableTextures : ClassFolders
{
    /// <inheritdoc/>
    public override string Name => "dtd";

    /// <inheritdoc/>
    public override string Folder => "dtd";

    /// <inheritdoc/>
    public override string Images => "images";

    /// <inheritdoc/>
    public override string SplitFile => "split_zhou_DescribableTextures.json";

    /// <inheritdoc/>
    public override string Template => "{} texture.";

    /// <inheritdoc/>
    public override int Classes => 47;

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (2_820, 1_128, 1_692);
}
