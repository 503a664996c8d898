using AdaptCluster.Contracts;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Data;

/// <summary>Lists data sets of one folder per class.</summary>
internal static class FolderSplits
{
    /// <summary>Finds out the layout of a folder and lists it.</summary>
    /// <exception cref="InvalidInputException">It has no layout that can be used; the message names the folder.</exception>
    public static ImageLists Read(RootedPath root, string folder)
    {
        var files = new ImageFolder(root, folder);
        var found = files.SubFolders(split: null);
        var splits = found.ToLookup(SplitNames.Find);
        if (!splits.Any(split => split.Key is not null)) return ReadOwnSplit(files, folder, found);
        if (splits.FirstOrDefault(split => split.Key is not null && split.Count() > 1) is { } twice)
        {
            throw new InvalidInputException($"{folder} has the folders {string.Join(" and ", twice.Select(VocabularyFiles.Quote))}, "
                + $"which both mean {twice.Key}; put their images into one of them.");
        }
        var (train, validation, test) =
            (splits[SplitNames.Train].FirstOrDefault(), splits[SplitNames.Validation].FirstOrDefault(),
            splits[SplitNames.Test].FirstOrDefault());
        if (train is null || test is null)
        {
            throw new InvalidInputException($"{folder} has no folder '{(train is null ? SplitNames.Train : SplitNames.Test)}' beside "
                + $"{string.Join(" and ", found.Where(name => SplitNames.Find(name) is not null).Select(VocabularyFiles.Quote))}; "
                + "train and test, or one folder per class and neither of them, expected.");
        }
        foreach (var other in splits[null]) files.Unread.AddFolder(Path.Combine(folder, other));
        files.AddStrays(split: null, "beside the folders of the splits");
        var names = RequireClasses(files.SubFolders(train), Path.Combine(folder, train));
        foreach (var split in (string?[])[test, validation])
            if (split is not null) RequireSame(names, files.SubFolders(split), Path.Combine(folder, split));
        var lists = new ImageLists(
            validation is null ? SplitOrigin.ValidationFromTrain : SplitOrigin.Given, names, files.Images(train, names),
            validation is null ? [] : files.Images(validation, names), files.Images(test, names));
        return lists with { Notes = [.. files.Unread.Notes()] };
    }

    private static ImageLists ReadOwnSplit(ImageFolder files, string folder, string[] classNames)
    {
        var images = files.Images(split: null, RequireClasses(classNames, folder));
        foreach (var (label, count) in images.CountBy(entry => entry.Label))
        {
            if (count < OwnSplit.FewestImages)
            {
                throw new InvalidInputException($"{Path.Combine(folder, classNames[label])} has {count} image(s); a class that is split into train, "
                    + $"validation and test needs at least {OwnSplit.FewestImages}.");
            }
        }
        var (train, validation, test) = OwnSplit.ThreeWays(images, entry => entry.Label);
        return new ImageLists(SplitOrigin.SelfMade, classNames, train, validation, test) { Notes = [.. files.Unread.Notes()] };
    }

    private static string[] RequireClasses(string[] names, string place)
    {
        if (names.Length < 2)
        {
            throw new InvalidInputException(
                $"{place} has {names.Length} class folder(s); one folder of images per class, at least 2, expected.");
        }
        RequireReadable(names, place);
        return names;
    }

    private static void RequireReadable(string[] names, string place)
    {
        if (names.FirstOrDefault(name => string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl)) is { } bad)
        {
            throw new InvalidInputException(
                $"{place} has a folder {VocabularyFiles.Quote(bad)} whose name is only white space or holds control characters; "
                + "rename it.");
        }
    }

    private static void RequireSame(string[] names, string[] others, string place)
    {
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
