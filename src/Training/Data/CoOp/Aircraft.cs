using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>FGVC-Aircraft's own lists of variants.</summary>
internal static class Aircraft
{
    private const string Variants = "variants.txt";

    /// <summary>The files that it needs.</summary>
    public static string[] Files { get; } = [Variants, "images_variant_train.txt", "images_variant_val.txt", "images_variant_test.txt"];

    /// <summary>Labels are line numbers of variants.txt; a line of a list is "image variant with spaces".</summary>
    public static ImageLists Read(CoOpFolder folder)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (variant, index) in folder.Lines(Variants).Select((line, index) => (line, index)))
            if (!labels.TryAdd(variant, index)) throw folder.Refused(Variants, index, $"variant '{variant}' stands there twice");
        return folder.Resolve(new ListedSplit(
            SplitOrigin.Given, Path.Combine(folder.Place, "images_variant_*.txt"), List(folder, Files[1], labels),
            List(folder, Files[2], labels), List(folder, Files[3], labels)));
    }

    private static ListedImage[] List(CoOpFolder folder, string file, Dictionary<string, int> labels) =>
    [
        .. folder.Lines(file).Select((line, index) =>
            line.Split(' ', 2) is [var image, var variant] && labels.TryGetValue(variant, out var label)
                ? new ListedImage(image + ".jpg", label, variant)
                : throw folder.Refused(file, index, $"'{line}' is no image with a variant of {Variants}")),
    ];
}
