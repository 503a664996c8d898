using System.Globalization;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>Flowers-102. If the published split is missing, the images in the label file are split 50/20/30.</summary>
internal sealed class Flowers : CoOpLayout
{
    private const string Labels = "imagelabels.mat";
    private const string Names = "cat_to_name.json";

    /// <inheritdoc/>
    public override string Name => "oxford-flowers";

    /// <inheritdoc/>
    public override string Folder => "oxford_flowers";

    /// <inheritdoc/>
    public override string Images => "jpg";

    /// <inheritdoc/>
    public override string SplitFile => "split_zhou_OxfordFlowers.json";

    /// <inheritdoc/>
    public override string[] Lists { get; } = [Labels, Names];

    /// <inheritdoc/>
    public override string Template => "a photo of a {}, a type of flower.";

    /// <inheritdoc/>
    public override int Classes => 102;

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (4_093, 1_633, 2_463);

    /// <summary>
    /// Builds the lists. The label file contains the 1-based labels of image_00001.jpg, image_00002.jpg and so on. Classes are in order of
    /// first appearance, as in CoOp.
    /// </summary>
    protected override ImageLists Build(CoOpFolder folder)
    {
        var labels = MatFile.Read(folder.Bytes(Labels), folder.At(Labels), "labels").RequireNumbers(folder.At(Labels), "labels");
        var names = ReadNames(folder);
        var images = labels.Select((label, index) => label >= 1 && label == Math.Floor(label)
            && names.TryGetValue(label.ToString(CultureInfo.InvariantCulture), out var name)
            ? new ListedImage($"image_{index + 1:00000}.jpg", (int)label - 1, name)
            : throw new InvalidInputException(
                $"{folder.At(Labels)}: labels[{index}] is {label.ToString(CultureInfo.InvariantCulture)}, which {Names} does not contain; "
                + "copy both files again.")).ToArray();
        if (images.GroupBy(image => image.Label).FirstOrDefault(group => group.Count() < SplitGenerator.FewestImages) is { } small)
        {
            throw new InvalidInputException($"{folder.At(Labels)}: label {small.Key + 1} has {CountText.Of(small.Count(), "image")}; "
                + $"a class needs at least {SplitGenerator.FewestImages} images to be split.");
        }
        var (train, validation, test) = SplitGenerator.ThreeWays(images, image => image.Label);
        return folder.Resolve(new ListedSplit(SplitOrigin.SelfMade, folder.At(Labels), train, validation, test));
    }

    private static Dictionary<string, string> ReadNames(CoOpFolder folder)
    {
        var path = folder.At(Names);
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(SmallFile.ReadText(path, folder.Advice(Names)),
                AdaptClusterJson.Compact)
                ?? throw new JsonException("null");
        }
        // InvalidOperationException: half of a surrogate pair is valid JSON, but it cannot be converted to a .NET string.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException($"{path}: expected a JSON object with a name for each class; copy the file again.", error);
        }
    }
}
