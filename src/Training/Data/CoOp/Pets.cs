using System.Globalization;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>
/// Oxford-IIIT Pets. If the published split is missing, the lists are built from the annotations, and validation images are taken from the
/// training images.
/// </summary>
internal sealed class Pets : CoOpLayout
{
    /// <inheritdoc/>
    public override string Name => "oxford-pets";

    /// <inheritdoc/>
    public override string Folder => "oxford_pets";

    /// <inheritdoc/>
    public override string Images => "images";

    /// <inheritdoc/>
    public override string SplitFile => "split_zhou_OxfordPets.json";

    /// <inheritdoc/>
    public override string[] Lists { get; } = ["annotations/trainval.txt", "annotations/test.txt"];

    /// <inheritdoc/>
    public override string Template => "a photo of a {}, a type of pet.";

    /// <inheritdoc/>
    public override int Classes => 37;

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (2_944, 736, 3_669);

    /// <summary>
    /// Builds the lists from lines of the form "Breed_name_12 label species breed". Labels start at 1. The class name is the breed in lower
    /// case.
    /// </summary>
    protected override ImageLists Build(CoOpFolder folder)
    {
        var (train, validation) = SplitGenerator.TwoWays(List(folder, Lists[0]), image => image.Label);
        return folder.Resolve(new ListedSplit(SplitOrigin.SelfMadeValidation, folder.At(Lists[0]), train, validation,
            List(folder, Lists[1])));
    }

    private static ListedImage[] List(CoOpFolder folder, string file) =>
    [
        .. folder.Lines(file).Select((line, index) =>
            line.Split(' ') is [var image, var label, _, _]
                && int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && image.LastIndexOf('_') is var cut and > 0
                // Invariant casing, as in Python.
                ? new ListedImage(image + ".jpg", number - 1, image[..cut].ToLowerInvariant())
                : throw folder.Refused(file, index, $"found '{line}', expected an image name and three numbers")),
    ];
}
