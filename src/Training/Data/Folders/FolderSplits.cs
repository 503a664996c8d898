using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Data.Folders;

/// <summary>Lists the images in data sets that have one folder per class.</summary>
internal static class FolderSplits
{
    private const int ShownNames = 4;

    /// <summary>Detects the layout of a folder and lists its images.</summary>
    /// <exception cref="InvalidInputException">The layout is not supported; the message names the folder.</exception>
    public static ImageLists Read(RootedPath root, string folder)
    {
        var files = new ImageFolder(root, folder);
        var found = files.SubFolders(split: null);
        var splits = found.ToLookup(SplitNames.Find);
        string[] named = [.. found.Where(name => SplitNames.Find(name) is not null)];
        if (named.Length == 0 || IsClass(named, files, found.Length)) return ReadOwnSplit(files, folder, found);
        if (splits.FirstOrDefault(split => split.Key is not null && split.Count() > 1) is { } twice)
        {
            throw new InvalidInputException($"{folder} has the folders {string.Join(" and ", twice.Select(QuotedText.Of))}, "
                + $"which both mean {twice.Key}; move their images into one of them.");
        }
        var (train, validation, test) =
            (splits[SplitNames.Train].FirstOrDefault(), splits[SplitNames.Validation].FirstOrDefault(),
            splits[SplitNames.Test].FirstOrDefault());
        if (train is null || test is null)
        {
            throw new InvalidInputException($"{folder} has no folder '{(train is null ? SplitNames.Train : SplitNames.Test)}' next to "
                + $"{string.Join(" and ", named.Select(QuotedText.Of))}; "
                + "use train and test folders, or class folders without split folders"
                + (train is null || validation is null ? "." : $"; to test on the images in "
                    + $"{QuotedText.Of(validation)}, rename it to {SplitNames.Test}."));
        }
        foreach (var other in splits[null]) files.Unread.AddFolder(Path.Combine(folder, other));
        files.AddStrays(split: null, "next to the split folders");
        var names = RequireClasses(files.SubFolders(train), Path.Combine(folder, train));
        foreach (var split in (string?[])[test, validation])
            if (split is not null) RequireSame(names, files.SubFolders(split), Path.Combine(folder, split));
        var lists = new ImageLists(
            validation is null ? SplitOrigin.ValidationFromTrain : SplitOrigin.Given, names, files.Images(train, names),
            validation is null ? [] : files.Images(validation, names), files.Images(test, names));
        return lists with { Notes = files.Unread.Notes() };
    }

    // CIFAR-100 and other data sets have a class "train". The images of a test or validation folder without class folders must not become a
    // class.
    private static bool IsClass(string[] named, ImageFolder files, int folders) =>
        folders > 2 && named is [var only] && SplitNames.Find(only) == SplitNames.Train && files.HasImagesOnly(only);

    private static ImageLists ReadOwnSplit(ImageFolder files, string folder, string[] classNames)
    {
        RequireNoSplits(folder, classNames);
        var classes = files.Classes(split: null, classNames);
        RequireNoSplitsBelow(files, folder, classes);
        RequireClasses(classNames, folder);
        var images = files.Images(split: null, classes);
        foreach (var (label, count) in images.CountBy(entry => entry.Label))
        {
            if (count < SplitGenerator.FewestImages)
            {
                throw new InvalidInputException($"{Path.Combine(folder, classNames[label])} has {CountText.Of(count, "image")}; "
                    + $"a class that is split into train, validation and test needs at least {SplitGenerator.FewestImages} images.");
            }
        }
        var (train, validation, test) = SplitGenerator.ThreeWays(images, entry => entry.Label);
        return new ImageLists(SplitOrigin.SelfMade, classNames, train, validation, test) { Notes = OwnSplitNotes(files, classNames) };
    }

    private static IEnumerable<string> OwnSplitNotes(ImageFolder files, string[] classNames)
    {
        foreach (var note in files.Unread.Notes()) yield return note;
        if (classNames.FirstOrDefault(name => SplitNames.Find(name) is not null) is { } train)
            yield return $"the folder {QuotedText.Of(train)} is read as a class, because it contains images and no class folders";
        string[] lists = [.. files.Files().Where(IsSplitList)];
        if (lists.Length == 0) yield break;
        yield return $"splits in {string.Join(", ", lists.Take(ShownNames).Select(QuotedText.Of))} are not read; "
            + "use the format csv or split to read lists of images";
    }

    // For example train.txt and split_zhou.json.
    private static bool IsSplitList(string name) =>
        Path.GetExtension(name).ToLowerInvariant() is ".txt" or ".csv" or ".tsv" or ".json" or ".lst"
        && (SplitNames.Spoken(name) is not null || name.Contains("split", StringComparison.OrdinalIgnoreCase));

    /// <summary>Throws an exception if the folders are named like splits, because their images would be split again.</summary>
    private static void RequireNoSplits(string folder, string[] names)
    {
        // A data set with many classes may have a "test tube" and a "train station".
        string[] spoken = [.. names.Where(name => SplitNames.Spoken(name) is not null)];
        string[] splits = [.. spoken.Select(name => SplitNames.Spoken(name)!).Distinct()];
        if (splits.Length < 2 || 2 * spoken.Length < names.Length) return;
        throw new InvalidInputException($"{folder} has the folders {Quoted(spoken)}, which seem to be splits; rename them to "
            + $"{string.Join(", ", splits)}, each with one folder per class.");
    }

    /// <summary>
    /// Throws an exception if there are split folders inside class folders or inside other data sets, because their images would be split
    /// again.
    /// </summary>
    private static void RequireNoSplitsBelow(ImageFolder files, string folder, ClassFolder[] classes)
    {
        var inner = classes
            .Select(found => (found.Name, Splits: found.SubFolders.Where(sub => SplitNames.Find(sub) is not null).ToArray()))
            .Where(sub => sub.Splits.Length > 0).ToArray();
        if (inner.Length == 0) return;
        string[] sets = [.. inner.Where(sub => sub.Splits.Select(SplitNames.Find).Distinct().Count() > 1
            && files.SubFolderNames($"{sub.Name}/{sub.Splits[0]}").Length > 0).Select(sub => Path.Combine(folder, sub.Name))];
        throw new InvalidInputException(sets.Length > 0
            ? $"{folder} has no split folders, but {Quoted(sets)} {(sets.Length == 1 ? "has" : "have")}; use "
                + $"{(sets.Length == 1 ? "that folder" : "one of them")} as the data set."
            : $"{Path.Combine(folder, inner[0].Name)} contains {Quoted(inner[0].Splits)}, so splits are inside classes; "
                + $"put the classes inside the splits, such as {Path.Combine(folder, inner[0].Splits[0], inner[0].Name)}.");
    }

    private static string Quoted(string[] names) =>
        string.Join(", ", names.Take(ShownNames).Select(QuotedText.Of))
        + (names.Length > ShownNames ? $" and {names.Length - ShownNames} more" : "");

    private static string[] RequireClasses(string[] names, string place)
    {
        if (names.Length < 2)
        {
            throw new InvalidInputException(
                $"{place} has {CountText.Of(names.Length, "class folder")}; expected at least 2, with one folder of images per class.");
        }
        RequireReadable(names, place);
        return names;
    }

    private static void RequireReadable(string[] names, string place)
    {
        if (names.FirstOrDefault(name => string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl)) is { } bad)
        {
            throw new InvalidInputException(
                $"{place} has a folder {QuotedText.Of(bad)} whose name is only white space or contains control characters; "
                + "rename it.");
        }
    }

    private static void RequireSame(string[] names, string[] others, string place)
    {
        if (others.Length == 0)
        {
            throw new InvalidInputException($"{place} has no class folders, so its images have no classes; sort them into one folder "
                + "per class, like the training images.");
        }
        RequireReadable(others, place);
        if (names.Except(others).FirstOrDefault() is { } missing)
        {
            throw new InvalidInputException(
                $"{place} has no folder '{missing}', which the training images have; all splits need the same classes.");
        }
        if (others.Except(names).FirstOrDefault() is { } extra)
        {
            throw new InvalidInputException(
                $"{Path.Combine(place, extra)} is a class without training images; all splits need the same classes.");
        }
    }
}
