using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>
/// SUN397. Uses the first of the official partitions into training and test images. If the published split is missing, validation images
/// are taken from the training images.
/// </summary>
internal sealed class Scenes : CoOpLayout
{
    /// <inheritdoc/>
    public override string Name => "sun397";

    /// <inheritdoc/>
    public override string Folder => "sun397";

    /// <inheritdoc/>
    public override string Images => "SUN397";

    /// <inheritdoc/>
    public override string SplitFile => "split_zhou_SUN397.json";

    /// <inheritdoc/>
    public override string[] Lists { get; } = ["ClassName.txt", "Training_01.txt", "Testing_01.txt"];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Sign, string Advice)> WrongCopies =>
        [("train", "the Kaggle copy, which has different splits; get SUN397.tar.gz, which has a folder for each initial letter")];

    /// <inheritdoc/>
    public override int Classes => 397;

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (15_880, 3_970, 19_850);

    /// <summary>
    /// Builds the lists. A label is a 0-based line number in ClassName.txt; the line "/a/apse/indoor" is the class "indoor apse".
    /// </summary>
    protected override ImageLists Build(CoOpFolder folder)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (line, index) in folder.Lines(Lists[0]).Select((line, index) => (line, index)))
            if (!labels.TryAdd(line, index)) throw folder.Refused(Lists[0], index, $"'{line}' occurs twice");
        var (train, validation) = SplitGenerator.TwoWays(List(folder, Lists[1], labels), image => image.Label);
        return folder.Resolve(new ListedSplit(SplitOrigin.SelfMadeValidation, folder.At(Lists[1]), train, validation,
            List(folder, Lists[2], labels)));
    }

    private ListedImage[] List(CoOpFolder folder, string file, Dictionary<string, int> labels) =>
    [
        .. folder.Lines(file).Select((line, index) =>
            line.LastIndexOf('/') is var cut and > 0 && labels.TryGetValue(line[..cut], out var label)
                ? new ListedImage(line[1..], label, ClassName(line[..cut]))
                : throw folder.Refused(file, index, $"'{line}' is not in a folder named in {Lists[0]}")),
    ];

    private static string ClassName(string folder) =>
        string.Join(' ', folder.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1).Reverse());
}
