namespace AdaptCluster.Training.Data.CoOp;

/// <summary>ImageNet-V2, -Sketch, -A and -R: only test images, to evaluate models trained on ImageNet.</summary>
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
