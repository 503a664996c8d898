using System.Globalization;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>Oxford-IIIT Pets from its annotations, validation images split off where the published split is missing.</summary>
internal static class Pets
{
    /// <summary>The files that it needs.</summary>
    public static string[] Files { get; } = ["annotations/trainval.txt", "annotations/test.txt"];

    /// <summary>A line is "Breed_name_12 label species breed", labels from 1; the class is the breed in lower case.</summary>
    public static ImageLists Read(CoOpFolder folder)
    {
        var (train, validation) = OwnSplit.TwoWays(List(folder, Files[0]), image => image.Label);
        return folder.Resolve(new ListedSplit(SplitOrigin.SelfMadeValidation, folder.At(Files[0]), train, validation,
            List(folder, Files[1])));
    }

    private static ListedImage[] List(CoOpFolder folder, string file) =>
    [
        .. folder.Lines(file).Select((line, index) =>
            line.Split(' ') is [var image, var label, _, _]
                && int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && image.LastIndexOf('_') is var cut and > 0
                // PIL and Python know no culture either.
                ? new ListedImage(image + ".jpg", number - 1, image[..cut].ToLowerInvariant())
                : throw folder.Refused(file, index, $"'{line}' is not an image with three numbers")),
    ];
}
