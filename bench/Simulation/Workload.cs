using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Tests;

namespace AdaptCluster.Simulation;

/// <summary>The paper's eleven data sets as a plan sees them, and how long a job on each takes.</summary>
internal static class Workload
{
    private static readonly (string Name, int Classes)[] Datasets =
    [
        ("caltech101", 100), ("dtd", 47), ("eurosat", 10), ("fgvc-aircraft", 100), ("food101", 101), ("oxford-flowers", 102),
        ("oxford-pets", 37), ("stanford-cars", 196), ("sun397", 397), ("ucf101", 101), ("imagenet", 1000),
    ];

    /// <summary>A sweep of ten T_targets on all data sets by the paper's protocol: 16 shots, 100 epochs, batches of 4.</summary>
    public static SweepPlan Plan(string name, int seeds)
    {
        var spec = $$"""
            {"name": "{{name}}", "seeds": [{{string.Join(", ", Enumerable.Range(0, seeds))}}], "datasets": [{{string.Join(", ", Datasets.Select(d => $"\"{d.Name}\""))}}],
             "arms": [{"method": "adapt", "tTarget": [32, 48, 64, 96, 128, 160, 192, 224, 256, 288]}]}
            """;
        return KnownMethods.Plan(new PaperCatalog(), spec, name);
    }

    /// <summary>An assumption, not a measurement: an image's share and, for the text tower, one that grows with the classes.</summary>
    public static double SecondsPerIteration(string dataset) => 0.05 + 0.0002 * Datasets.Single(d => d.Name == dataset).Classes;

    /// <summary>The paper's data sets on a backbone that is not there.</summary>
    private sealed class PaperCatalog : ICatalog
    {
        private readonly NoCatalog _none = new(classes: 0);

        public BackboneInfo DescribeBackbone(string name) => _none.DescribeBackbone(name) with { Fingerprint = "b" };

        public LongestTextInfo DescribeLongestText(string backbone, DatasetSource source) => _none.DescribeLongestText(backbone, source);

        public DatasetInfo DescribeDataset(DatasetSource source, int shots)
        {
            var classes = Datasets.Single(d => d.Name == source.Name).Classes;
            return new()
            {
                Name = source.Name,
                Classes = classes,
                TrainImages = classes * shots,
                ValidationImages = classes * 4,
                TestImages = 2000,
                Fingerprint = source.Name,
            };
        }
    }
}
