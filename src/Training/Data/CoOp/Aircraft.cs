using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>FGVC-Aircraft, which comes with predefined splits. Its classes are aircraft variants.</summary>
internal sealed class Aircraft : CoOpLayout
{
    private const string Variants = "variants.txt";

    /// <inheritdoc/>
    public override string Name => "fgvc-aircraft";

    /// <inheritdoc/>
    public override string Folder => "fgvc_aircraft";

    /// <inheritdoc/>
    public override string Images => "images";

    /// <inheritdoc/>
    public override string[] Lists { get; } = [Variants, "images_variant_train.txt", "images_variant_val.txt", "images_variant_test.txt"];

    /// <inheritdoc/>
    public override string Template => "a photo of a {}, a type of aircraft.";

    /// <inheritdoc/>
    public override int Classes => 100;

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (3_334, 3_333, 3_333);

    /// <summary>
    /// Builds the lists. A label is a 0-based line number in variants.txt. Each line of a list consists of the image name, a space, and the
    /// variant, which may contain spaces.
    /// </summary>
    protected override ImageLists Build(CoOpFolder folder)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (variant, index) in folder.Lines(Variants).Select((line, index) => (line, index)))
            if (!labels.TryAdd(variant, index)) throw folder.Refused(Variants, index, $"variant '{variant}' occurs twice");
        return folder.Resolve(new ListedSplit(
            SplitOrigin.Given, Path.Combine(folder.Place, "images_variant_*.txt"), List(folder, Lists[1], labels),
            List(folder, Lists[2], labels), List(folder, Lists[3], labels)));
    }

    private static ListedImage[] List(CoOpFolder folder, string file, Dictionary<string, int> labels) =>
    [
        .. folder.Lines(file).Select((line, index) =>
            line.Split(' ', 2) is [var image, var variant] && labels.TryGetValue(variant, out var label)
                ? new ListedImage(image + ".jpg", label, variant)
                : throw folder.Refused(file, index, $"'{line}' is not an image name followed by a variant in {Variants}")),
    ];
}
