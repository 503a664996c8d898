using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>Finds the image files that are named in lists.</summary>
/// <param name="root">The data roots that neither paths nor links may lead out of.</param>
/// <param name="folder">The folder that image paths are relative to.</param>
internal sealed class ListedFiles(RootedPath root, string folder)
{
    private const int ShownMissing = 3;

    // There are few folders, and resolving the links of every image's whole path would take longer than examining the image.
    private readonly Dictionary<string, ImageDirectory?> _directories = new(StringComparer.Ordinal);
    private readonly ImageFolder _images = new(root, folder);

    /// <summary>Finds the files of all three lists.</summary>
    /// <exception cref="InvalidInputException">A path leads out of the folder, files are missing, or the classes cannot be used; the
    /// message names the list.</exception>
    public ImageLists Resolve(ListedSplit split)
    {
        var classNames = ClassTable.Of(split);
        RequireOnce(split);
        var missing = new List<string>();
        var lists = new ImageLists(
            split.Origin, classNames, Find(split, split.Train, missing), Find(split, split.Validation, missing),
            Find(split, split.Test, missing))
        {
            Notes = split.Notes,
        };
        if (missing.Count == 0) return lists;
        var all = split.Train.Count + split.Validation.Count + split.Test.Count;
        throw new InvalidInputException($"{split.Source}: {missing.Count} of its {CountText.Of(all, "image")} "
            + $"{(missing.Count == 1 ? "is" : "are")} missing under {folder}: "
            + $"{string.Join(", ", missing.Take(ShownMissing).Select(QuotedText.Of))}"
            + $"{(missing.Count > ShownMissing ? ", …" : "")}; "
            + "add the files or correct their paths.");
    }

    /// <summary>Finds the files of one list.</summary>
    /// <param name="split">The split that the list belongs to.</param>
    /// <param name="images">The list.</param>
    /// <param name="missing">Receives the paths of missing files.</param>
    public List<ImageEntry> Find(ListedSplit split, IReadOnlyList<ListedImage> images, List<string> missing)
    {
        var entries = new List<ImageEntry>(images.Count);
        foreach (var image in images)
        {
            if (Problem(image.Path) is { } problem)
                throw new InvalidInputException($"{split.Source}: image path {QuotedText.Of(image.Path)} {problem}.");
            var cut = image.Path.LastIndexOf('/');
            var place = Place(cut < 0 ? "" : image.Path[..cut]);
            if (place is not null && _images.Find(place, image.Path[(cut + 1)..], image.Label) is { } entry) entries.Add(entry);
            else missing.Add(image.Path);
        }
        return entries;
    }

    // With duplicates, a draw without replacement could take an image twice, and a training image could also be a test image.
    private static void RequireOnce(ListedSplit split)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (part, images) in split.Parts)
        {
            foreach (var image in images)
            {
                if (seen.TryAdd(image.Path, part)) continue;
                var where = seen[image.Path] == part ? $"twice in {part}" : $"in {seen[image.Path]} and in {part}";
                throw new InvalidInputException(
                    $"{split.Source}: the image {QuotedText.Of(image.Path)} is listed {where}; list each image once.");
            }
        }
    }

    private static string? Problem(string path)
    {
        if (path.Any(char.IsControl)) return "contains a control character; correct it";
        if (path.Length is 0 or > DataPath.MaxLength) return "is empty or longer than 1000 characters; correct it";
        if (!DataPath.StaysBelow(path))
            return "must be relative to the image folder, with forward slashes and without '..'";
        return null;
    }

    private ImageDirectory? Place(string relative)
    {
        if (_directories.TryGetValue(relative, out var known)) return known;
        var path = Path.Combine(folder, relative);
        var found = Directory.Exists(path) ? new ImageDirectory(relative, root.Contained(path)) : null;
        _directories.Add(relative, found);
        return found;
    }
}
