using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Silo.Library;

/// <summary>Tells the planner what this silo's roots hold.</summary>
internal sealed class Catalog(TrainingLibrary library) : ICatalog
{
    public BackboneFacts DescribeBackbone(string name)
    {
        var backbone = library.Backbone(name);
        var config = backbone.Model.Config;
        return new BackboneFacts
        {
            Name = name,
            ImageDepth = config.Vision.Depth,
            TextDepth = config.Text.Depth,
            ImageWidth = config.Vision.Width,
            TextWidth = config.Text.Width,
            Fingerprint = backbone.Fingerprint,
        };
    }

    public DatasetFacts DescribeDataset(DatasetSource source, int shots)
    {
        var dataset = library.Dataset(source);
        var (train, validation, test) = dataset.Counts(shots);
        return new DatasetFacts
        {
            Name = source.Name,
            Classes = dataset.ClassNames.Count,
            TrainImages = train,
            ValidationImages = validation,
            TestImages = test,
            Fingerprint = dataset.Fingerprint,
        };
    }
}
