using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>
/// A data set of test images for ImageNet classes, with one folder per class and a copy of ImageNet's classnames.txt (KaiyangZhou/CoOp,
/// DATASETS.md and datasets/imagenet*.py).
/// </summary>
internal abstract class ImageNetVariant : CoOpLayout
{
    // Each line has the form "n01440764 tench".
    private const string ClassNamesFile = "classnames.txt";

    /// <inheritdoc/>
    public override bool IsTestOnly => true;

    /// <inheritdoc/>
    public override string[] Lists { get; } = [ClassNamesFile];

    /// <inheritdoc/>
    public override string Sources => $"the folders and {base.Sources}";

    /// <summary>The number of test images.</summary>
    protected abstract int ImageCount { get; }

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (0, 0, ImageCount);

    /// <summary>Lists the images.</summary>
    protected override ImageLists Build(CoOpFolder folder)
    {
        var files = new ImageFolder(folder.Root, folder.ImagesPlace);
        var folders = files.SubFolders(split: null);
        if (folders.Length < 2)
            throw new InvalidInputException($"{folder.ImagesPlace} has {CountText.Of(folders.Length, "class folder")}; "
                + $"expected {Classes} class folders.");
        var names = Names(folder);
        var (ordered, classNames) = Labelled(folder, folders, names);
        return new ImageLists(SplitOrigin.Given, classNames, [], [], files.Images(split: null, ordered)) { Notes = files.Unread.Notes() };
    }

    /// <summary>
    /// Returns the folders in label order, with their class names. The default treats folder names as WordNet ids, keeps their ordinal
    /// order, and takes the class names from classnames.txt.
    /// </summary>
    /// <param name="folder">The data set's folder.</param>
    /// <param name="folders">The folders, in ordinal order.</param>
    /// <param name="names">The lines of classnames.txt.</param>
    /// <exception cref="InvalidInputException">A folder has no class name, or the folders do not match the data set.</exception>
    protected virtual (string[] Folders, string[] ClassNames) Labelled(
        CoOpFolder folder, string[] folders, (string Id, string Name)[] names)
    {
        var byId = names.ToDictionary(line => line.Id, line => line.Name, StringComparer.Ordinal);
        var unnamed = Array.Find(folders, id => !byId.ContainsKey(id));
        return unnamed is null ? (folders, Array.ConvertAll(folders, id => byId[id])) : throw new InvalidInputException(
            $"{folder.At(ClassNamesFile)} has no line for the folder {QuotedText.Of(unnamed)} in {folder.ImagesPlace}; "
            + "copy ImageNet's file again.");
    }

    /// <summary>Returns the exception for a class name file that does not match the folders.</summary>
    protected static InvalidInputException RefusedNames(CoOpFolder folder, string what) =>
        new($"{folder.At(ClassNamesFile)}: {what}; copy ImageNet's file again.");

    private static (string Id, string Name)[] Names(CoOpFolder folder)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return
        [
            .. folder.Lines(ClassNamesFile).Select((line, index) =>
                line.Split(' ', 2) is [var id, var name] && !name.Any(char.IsControl) && seen.Add(id) ? (id, name.Trim())
                    : throw folder.Refused(ClassNamesFile, index,
                        $"{QuotedText.Of(line)} is not a WordNet id followed by a class name, or repeats an earlier id")),
        ];
    }
}

/// <summary>ImageNet-Sketch.</summary>
internal sealed class ImageNetSketch : ImageNetVariant
{
    /// <inheritdoc/>
    public override string Name => "imagenet-sketch";

    /// <inheritdoc/>
    public override int Order => 3;

    /// <inheritdoc/>
    public override string Folder => "imagenet-sketch";

    /// <inheritdoc/>
    public override string Images => "images";

    /// <inheritdoc/>
    public override int Classes => 1_000;

    /// <inheritdoc/>
    protected override int ImageCount => 50_889;
}

/// <summary>ImageNet-A: 200 classes.</summary>
internal sealed class ImageNetA : ImageNetVariant
{
    /// <inheritdoc/>
    public override string Name => "imagenet-a";

    /// <inheritdoc/>
    public override int Order => 4;

    /// <inheritdoc/>
    public override string Folder => "imagenet-adversarial";

    /// <inheritdoc/>
    public override string Images => "imagenet-a";

    /// <inheritdoc/>
    public override int Classes => 200;

    /// <inheritdoc/>
    protected override int ImageCount => 7_500;
}

/// <summary>ImageNet-R: 200 classes.</summary>
internal sealed class ImageNetR : ImageNetVariant
{
    /// <inheritdoc/>
    public override string Name => "imagenet-r";

    /// <inheritdoc/>
    public override int Order => 5;

    /// <inheritdoc/>
    public override string Folder => "imagenet-rendition";

    /// <inheritdoc/>
    public override string Images => "imagenet-r";

    /// <inheritdoc/>
    public override int Classes => 200;

    /// <inheritdoc/>
    protected override int ImageCount => 30_000;
}

/// <summary>
/// ImageNet-V2 (matched frequency). The name of a folder is its label n, which is also the 0-based line number in the class name file.
/// Folders are sorted as numbers, because the order as text ("0", "1", "10") would mix up the classes.
/// </summary>
internal sealed class ImageNetV2 : ImageNetVariant
{
    /// <inheritdoc/>
    public override string Name => "imagenet-v2";

    /// <inheritdoc/>
    public override int Order => 2;

    /// <inheritdoc/>
    public override string Folder => "imagenetv2";

    /// <inheritdoc/>
    public override string Images => "imagenetv2-matched-frequency-format-val";

    /// <inheritdoc/>
    public override int Classes => 1_000;

    /// <inheritdoc/>
    protected override int ImageCount => 10_000;

    /// <inheritdoc/>
    protected override (string[] Folders, string[] ClassNames) Labelled(
        CoOpFolder folder, string[] folders, (string Id, string Name)[] names)
    {
        var lines = Array.ConvertAll(names, line => line.Id);
        if (!lines.SequenceEqual(lines.Order(StringComparer.Ordinal)))
            throw RefusedNames(folder, "its lines are not sorted by WordNet id, the order that defines the folder numbers");
        string[] expected = [.. Enumerable.Range(0, folders.Length).Select(number => $"{number}")];
        if (Array.Find(folders, name => !expected.Contains(name)) is { } odd)
            throw new InvalidInputException($"{folder.ImagesPlace} contains an unexpected folder {QuotedText.Of(odd)}; "
                + $"its {folders.Length} folders must be named 0 to {folders.Length - 1}.");
        return folders.Length <= names.Length ? (expected, [.. names.Take(folders.Length).Select(line => line.Name)])
            : throw RefusedNames(folder, $"it has {CountText.Of(names.Length, "line")} for {folders.Length} folders");
    }
}
