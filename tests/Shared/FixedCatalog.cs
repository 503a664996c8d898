using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Tests;

/// <summary>ViT-B/16 and data sets whose classes are given, as a silo with the real files would describe them.</summary>
internal sealed class FixedCatalog(params (string Name, int Classes)[] datasets) : ICatalog
{
    public string BackboneFingerprint { get; set; } = "b0";

    public string[] Notes { get; set; } = [];

    public LongestTextInfo LongestText { get; set; } = new("class 1", 9, 77);

    public BackboneInfo DescribeBackbone(string name) =>
        name == "nothing" ? throw new InvalidInputException($"backbone '{name}': no such folder.") : new()
        {
            Name = name,
            ImageDepth = 12,
            TextDepth = 12,
            ImageWidth = 768,
            TextWidth = 512,
            Parameters = 124_323_841,
            ImageMultiplyAdds = 17_560_000_000,
            TextMultiplyAdds = 2_980_000_000,
            Fingerprint = BackboneFingerprint,
        };

    public DatasetInfo DescribeDataset(DatasetSource source, int shots)
    {
        var (name, classes) = datasets.FirstOrDefault(d => d.Name == source.Name);
        if (name is null) throw new InvalidInputException($"data set '{source.Name}' is unknown.");
        return new()
        {
            Name = name,
            Classes = classes,
            TrainImages = shots * classes,
            ValidationImages = 4 * classes,
            TestImages = 1000,
            Fingerprint = name,
            Notes = Notes,
        };
    }

    public LongestTextInfo DescribeLongestText(string backbone, DatasetSource source) => LongestText;
}
