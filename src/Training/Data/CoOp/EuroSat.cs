namespace AdaptCluster.Training.Data.CoOp;

/// <summary>EuroSAT.</summary>
internal sealed class EuroSat : ClassFolders
{
    /// <inheritdoc/>
    public override string Name => "eurosat";

    /// <inheritdoc/>
    public override string Folder => "eurosat";

    /// <inheritdoc/>
    public override string Images => "2750";

    /// <inheritdoc/>
    public override string SplitFile => "split_zhou_EuroSAT.json";

    /// <inheritdoc/>
    public override string Template => "a centered satellite photo of {}.";

    /// <inheritdoc/>
    public override IReadOnlyList<(string Sign, string Advice)> WrongCopies =>
        [("EuroSAT_RGB", "the newer archive; CoOp's split needs the folder 2750 from EuroSAT.zip")];

    /// <inheritdoc/>
    public override int Classes => 10;

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (13_500, 5_400, 8_100);

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>
    {
        ["AnnualCrop"] = "Annual Crop Land",
        ["Forest"] = "Forest",
        ["HerbaceousVegetation"] = "Herbaceous Vegetation Land",
        ["Highway"] = "Highway or Road",
        ["Industrial"] = "Industrial Buildings",
        ["Pasture"] = "Pasture Land",
        ["PermanentCrop"] = "Permanent Crop Land",
        ["Residential"] = "Residential Buildings",
        ["River"] = "River",
        ["SeaLake"] = "Sea or Lake",
    };
}
