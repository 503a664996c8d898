namespace AdaptCluster.Training.Data.CoOp;

/// <summary>
/// The format of ImageNet-V2, -Sketch, -A and -R. These data sets have only test images, for evaluating models trained on ImageNet.
/// </summary>
internal sealed class ImageNetVariantFormat : LayoutFormat
{
    /// <inheritdoc/>
    public override string Name => "imagenet-variant";

    /// <inheritdoc/>
    public override int Order => 1;

    /// <inheritdoc/>
    public override bool IsTestOnly => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<CoOpLayout> Layouts => CoOpLayouts.TestOnly;
}
