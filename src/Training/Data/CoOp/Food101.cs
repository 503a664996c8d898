namespace AdaptCluster.Training.Data.CoOp;

/// <summary>Food-101.</summary>
internal sealed class Food101 : ClassFolders
{
    /// <inheritdoc/>
    public override string Name => "food101";

    /// <inheritdoc/>
    public override string Folder => "food-101";

    /// <inheritdoc/>
    public override string Images => "images";

    /// <inheritdoc/>
    public override string SplitFile => "split_zhou_Food101.json";

    /// <inheritdoc/>
    public override string Template => "a photo of {}, a type of food.";

    /// <inheritdoc/>
    public override int Classes => 101;

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (50_500, 20_200, 30_300);
}
