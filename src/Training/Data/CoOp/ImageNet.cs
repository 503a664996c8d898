using System.Security.Cryptography;
using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>
/// ImageNet, with one folder per WordNet id under train and val. Folders and files are sorted ordinally. Two pairs of classes share a name,
/// so classes are never looked up by name. The val folder is the test split. CoOp also validates on this folder. AdaptCluster draws
/// validation shots from the training images that were not chosen as training shots, so that T_target is never selected on test images.
/// </summary>
internal sealed class ImageNet : CoOpLayout
{
    // Each line has the form "n01440764 tench".
    private const string ClassNamesFile = "classnames.txt";

    private static readonly string[] Splits = ["train", "val"];

    /// <inheritdoc/>
    public override string Name => "imagenet";

    /// <summary>The sort key. ImageNet comes last, as in the tables of the CoOp papers.</summary>
    public override int Order => 1;

    /// <inheritdoc/>
    public override string Folder => "imagenet";

    /// <inheritdoc/>
    public override string Images => "images";

    /// <inheritdoc/>
    public override IEnumerable<string> Places => Splits.Select(split => Path.Combine(Images, split));

    /// <inheritdoc/>
    public override IEnumerable<string> Linked => [Images, .. Places];

    /// <inheritdoc/>
    public override string[] Lists { get; } = [ClassNamesFile];

    /// <inheritdoc/>
    public override string Sources => $"the folders and {base.Sources}";

    /// <inheritdoc/>
    public override int Classes => 1_000;

    /// <inheritdoc/>
    public override (int Train, int? Validation, int Test) Counts => (1_281_167, null, 50_000);

    /// <inheritdoc/>
    public override IReadOnlyList<(string Sign, string Advice)> WrongCopies =>
        [("train", "ImageNet without the folder 'images'; create it and move train and val into it")];

    /// <summary>Lists the images. The label of a folder is its position in ordinal order.</summary>
    protected override ImageLists Build(CoOpFolder folder)
    {
        var files = new ImageFolder(folder.Root, folder.ImagesPlace);
        var ids = Ids(folder, files, "train");
        var validationIds = Ids(folder, files, "val");
        if (ids.Except(validationIds).Concat(validationIds.Except(ids)).FirstOrDefault() is { } odd)
            throw new InvalidInputException(
                $"{folder.ImagesPlace}: folder {QuotedText.Of(odd)} is in only one of train and val; both need the same classes.");
        var names = Names(folder);
        var unnamed = ids.FirstOrDefault(id => !names.ContainsKey(id));
        if (unnamed is not null)
            throw new InvalidInputException(
                $"{folder.At(ClassNamesFile)} has no line for the folder {QuotedText.Of(unnamed)} in {folder.ImagesPlace}; copy the "
                + "file again.");
        return new ImageLists(
            SplitOrigin.ValidationFromTrain, [.. ids.Select(id => names[id])], files.Images("train", ids), [], files.Images("val", ids))
        {
            Notes = files.Unread.Notes(),
        };
    }

    /// <summary>
    /// Returns a cheap change stamp: a hash of the names and last write times of the folders, and of the length and last write time of the
    /// class name file. There are too many images to examine each of them for every plan. A folder's write time changes when files are
    /// added or removed; a file that was overwritten in place is detected when it is loaded.
    /// </summary>
    public override string Stamp(CoOpFolder folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = new ImageFolder(folder.Root, folder.ImagesPlace);
        foreach (var split in Splits)
        {
            foreach (var id in Ids(folder, files, split))
                hash.AppendData(Encoding.UTF8.GetBytes(
                    $"{split}\0{id}\0{Directory.GetLastWriteTimeUtc(Path.Combine(folder.ImagesPlace, split, id)).Ticks}\n"));
        }
        var names = new FileInfo(folder.At(ClassNamesFile));
        if (names.Exists) hash.AppendData(Encoding.UTF8.GetBytes($"{names.Length}\0{names.LastWriteTimeUtc.Ticks}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string[] Ids(CoOpFolder folder, ImageFolder files, string split)
    {
        var place = Path.Combine(folder.ImagesPlace, split);
        RootedPath.RequireWhole(place);
        if (!Directory.Exists(place))
            throw new InvalidInputException(
                $"{place} does not exist; put the {folder.Layout.Classes} folders of ImageNet's {split} images there.");
        var ids = files.SubFolders(split);
        return ids.Length >= 2
            ? ids
            : throw new InvalidInputException($"{place} has {CountText.Of(ids.Length, "class folder")}; "
                + $"expected {folder.Layout.Classes}; sort the images into one folder per WordNet id, such as n01440764.");
    }

    private static Dictionary<string, string> Names(CoOpFolder folder)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (line, index) in folder.Lines(ClassNamesFile).Select((line, index) => (line, index)))
        {
            if (line.Split(' ', 2) is not [var id, var name] || name.Any(char.IsControl) || !names.TryAdd(id, name.Trim()))
                throw folder.Refused(ClassNamesFile, index,
                    $"{QuotedText.Of(line)} is not a WordNet id followed by a class name, or repeats an earlier id");
        }
        return names;
    }
}
