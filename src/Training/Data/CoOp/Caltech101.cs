namespace AdaptCluster.Training.Data.CoOp;

/// <summary>Caltech101. As in CoOp, the background folder and one of the two face folders are left out.</summary>
internal sealed class Caltech101 : ClassFolders
{
    /// <inheritdoc/>
    public override string Name => "caltech101";

    /// <inheritdoc/>
    public override string Folder => "caltech-101";

    /// <inheritdoc/>
    public override string Images => "101_ObjectCategories";

    /// <inheritdoc/>
    public override string SplitFile => "split_zhou_Caltech101.json";

    /// <inheritdoc/>
    public override int Classes => 100;

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (4_128, 1_649, 2_465);

    /// <inheritdoc/>
    protected override IReadOnlyCollection<string> Ignored { get; } = ["BACKGROUND_Google", "Faces_easy"];

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>
    {
        ["airplanes"] = "airplane",
        ["Faces"] = "face",
        ["Leopards"] = "leopard",
        ["Motorbikes"] = "motorbike",
    };
}
