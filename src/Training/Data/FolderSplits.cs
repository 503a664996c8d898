using AdaptCluster.Contracts;
using AdaptCluster.Training.Random;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Data;

/// <summary>Who decided which image belongs to which split.</summary>
public enum SplitOrigin
{
    /// <summary>Folders train, validation and test.</summary>
    Given,

    /// <summary>Folders train and test; validation shots come from the training images that were not chosen.</summary>
    ValidationFromTrain,

    /// <summary>One folder per class; this project split them 50/20/30, so the numbers compare with no published ones.</summary>
    SelfMade,
}

/// <summary>The lists of a folder data set before any few-shot draw.</summary>
/// <param name="Origin">How they came about.</param>
/// <param name="ClassNames">Folder names in ordinal order.</param>
/// <param name="Train">All training images.</param>
/// <param name="Validation">All validation images; empty for <see cref="SplitOrigin.ValidationFromTrain"/>.</param>
/// <param name="Test">All test images.</param>
internal sealed record FolderSplits(
    SplitOrigin Origin,
    string[] ClassNames,
    IReadOnlyList<ImageEntry> Train,
    IReadOnlyList<ImageEntry> Validation,
    IReadOnlyList<ImageEntry> Test)
{
    /// <summary>Seed of the project's own split; changing it changes every self-made split.</summary>
    private const int OwnSplitSeed = 1;

    /// <summary>Finds out the layout of a folder and lists it.</summary>
    /// <exception cref="InvalidInputException">It has no layout that can be used; the message names the folder.</exception>
    public static FolderSplits Read(RootedPath root, string folder)
    {
        var files = new ImageFolder(root, folder);
        var found = files.SubFolders(split: null);
        var (train, test) = (found.Contains("train"), found.Contains("test"));
        string[] validations = [.. found.Where(name => name is "validation" or "val")];
        if (!train && !test && validations.Length == 0) return ReadOwnSplit(files, folder, found);
        if (!train || !test)
        {
            throw new InvalidInputException(
                $"{folder} has no folder '{(train ? "test" : "train")}'; "
                + "train and test, or one folder per class and neither of them, expected.");
        }
        if (validations.Length > 1) throw new InvalidInputException($"{folder} has both 'val' and 'validation'; remove one of them.");

        var names = RequireClasses(files.SubFolders("train"), Path.Combine(folder, "train"));
        foreach (var split in (string[])["test", .. validations]) RequireSame(names, files.SubFolders(split), Path.Combine(folder, split));
        return new FolderSplits(
            validations.Length == 0 ? SplitOrigin.ValidationFromTrain : SplitOrigin.Given, names, files.Images("train", names),
            validations.Length == 0 ? [] : files.Images(validations[0], names), files.Images("test", names));
    }

    /// <summary>CoOp's rule for folders without a split: per class shuffle, 50 % train, 20 % validation, the rest test.</summary>
    private static FolderSplits ReadOwnSplit(ImageFolder files, string folder, string[] classNames)
    {
        var random = new PythonRandom(OwnSplitSeed);
        List<ImageEntry> train = [], validation = [], test = [];
        foreach (var group in files.Images(split: null, RequireClasses(classNames, folder)).GroupBy(entry => entry.Label))
        {
            var images = group.ToArray();
            if (images.Length < 3)
            {
                var place = Path.Combine(folder, classNames[group.Key]);
                throw new InvalidInputException(
                    $"{place} has {images.Length} image(s); a class that is split into train, validation and test needs at least 3.");
            }
            random.Shuffle<ImageEntry>(images);
            var validationCount = Math.Max(1, (int)Math.Round(0.2 * images.Length));
            var trainCount = Math.Min((int)Math.Round(0.5 * images.Length), images.Length - validationCount - 1);
            train.AddRange(images[..trainCount]);
            validation.AddRange(images[trainCount..(trainCount + validationCount)]);
            test.AddRange(images[(trainCount + validationCount)..]);
        }
        return new FolderSplits(SplitOrigin.SelfMade, classNames, train, validation, test);
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
