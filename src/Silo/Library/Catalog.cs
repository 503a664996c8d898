using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Silo.Library;

/// <summary>Provides the planner with descriptions of the backbones and data sets under this silo's roots.</summary>
internal sealed class Catalog(TrainingLibrary library) : ICatalog
{
    public BackboneInfo DescribeBackbone(string name)
    {
        var backbone = library.CurrentBackbone(name);
        var shape = backbone.Model.Shape;
        return new BackboneInfo
        {
            Name = name,
            ImageDepth = shape.Vision.Depth,
            TextDepth = shape.Text.Depth,
            ImageWidth = shape.Vision.Width,
            TextWidth = shape.Text.Width,
            Fingerprint = backbone.Fingerprint,
            Parameters = backbone.Model.ParameterCount - ((long)shape.VocabularySize * shape.Text.Width),
            ImageMultiplyAdds = backbone.Model.Cost.OfImage([]),
            TextMultiplyAdds = backbone.Model.Cost.OfText([]),
        };
    }

    public DatasetInfo DescribeDataset(DatasetSource source, int shots)
    {
        var dataset = library.CurrentDataset(source);
        var (train, validation, test) = dataset.Counts(shots);
        return new DatasetInfo
        {
            Name = source.Name,
            Classes = dataset.ClassNames.Count,
            TrainImages = train,
            ValidationImages = validation,
            TestImages = test,
            Fingerprint = dataset.Fingerprint,
            Notes = [.. DatasetNotes.Of(dataset, shots, source.Template)],
            ClassNames = NamesOf(dataset),
        };
    }

    public DatasetInfo DescribeTarget(DatasetSource source)
    {
        var dataset = library.CurrentDataset(source);
        return new DatasetInfo
        {
            Name = source.Name,
            Classes = dataset.ClassNames.Count,
            TrainImages = 0,
            ValidationImages = 0,
            TestImages = dataset.LoadTest(null).Test.Labels.Count,
            Fingerprint = dataset.Fingerprint,
            Notes = [.. dataset.TestNotes],
            ClassNames = NamesOf(dataset),
        };
    }

    public void CheckTarget(DatasetSource source) =>
        DatasetFormats.Files(library.Dataset(source))?.CheckTest(CancellationToken.None);

    public void CheckImages(DatasetSource source, int shots, IReadOnlyList<int> seeds) =>
        DatasetFormats.Files(library.Dataset(source))?.CheckImages(shots, seeds, CancellationToken.None);

    public LongestTextInfo DescribeLongestText(string backbone, DatasetSource source)
    {
        // The planner has just described both, so the cached entries are those that the plan uses.
        var (model, dataset) = (library.Backbone(backbone), library.Dataset(source));
        var counts = dataset.Texts(source.Template).Select(model.Tokenizer.Count).ToArray();
        var longest = Array.IndexOf(counts, counts.Max());
        return new LongestTextInfo(dataset.ClassNames[longest], counts[longest], model.Model.Shape.ContextLength);
    }

    private static string NamesOf(IDataset dataset) => TextHash.Of(string.Join('\0', dataset.ClassNames));
}
