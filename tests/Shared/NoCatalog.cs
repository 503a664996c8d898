using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Tests;

/// <summary>Facts of a backbone and of data sets that are not there: 16 training, 4 validation and 10 test images a class.</summary>
/// <param name="classes">Classes of each data set.</param>
internal sealed class NoCatalog(int classes) : ICatalog
{
    public BackboneInfo DescribeBackbone(string name) => new()
    {
        Name = name,
        ImageDepth = 12,
        TextDepth = 12,
        ImageWidth = 768,
        TextWidth = 512,
        Fingerprint = "none",
        Parameters = 1,
        ImageMultiplyAdds = 1,
        TextMultiplyAdds = 1,
    };

    public LongestTextInfo DescribeLongestText(string backbone, DatasetSource source) => new("class", 10, 77);

    public DatasetInfo DescribeDataset(DatasetSource source, int shots) => new()
    {
        Name = source.Name,
        Classes = classes,
        TrainImages = 16 * classes,
        ValidationImages = 4 * classes,
        TestImages = 10 * classes,
        Fingerprint = source.Name,
    };
}
