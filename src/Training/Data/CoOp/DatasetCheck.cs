using System.Security.Cryptography;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>Looks whether a data set of the CoOp family is there, whole, and the published one. Reads only.</summary>
public static class DatasetCheck
{
    private const int ShownProblems = 10;

    /// <summary>Copies that many people have by mistake: what gives them away, and what to do.</summary>
    private static readonly Dictionary<string, (string Sign, string Advice)[]> WrongCopies = new()
    {
        ["stanford-cars"] =
        [
            ("car_data", "the Kaggle copy, whose files have other names than the split's; get the archive with cars_train and cars_test"),
            ("train", "a copy sorted into train and test, whose files have other names than the split's; get the archive with cars_train and cars_test"),
        ],
        ["sun397"] = [("train", "the Kaggle copy, which has other splits; get SUN397.tar.gz with one folder for each first letter")],
        ["eurosat"] = [("EuroSAT_RGB", "the newer archive; CoOp's split wants the folder of EuroSAT.zip that is called 2750")],
        ["imagenet"] = [("train", "train and val belong into the folder images")],
    };

    /// <summary>Checks one data set.</summary>
    /// <param name="dataRoot">The folder that the data sets' folders lie in.</param>
    /// <param name="name">One of <see cref="Contracts.Jobs.DatasetFormats.CoOpNames"/>.</param>
    /// <param name="cancellation">Looked at before each image.</param>
    /// <exception cref="InvalidInputException">There is no data set of that name.</exception>
    public static DatasetReport Check(string dataRoot, string name, CancellationToken cancellation)
    {
        var layout = CoOpLayouts.Find(name) ?? throw new InvalidInputException($"NAME: found '{name}'; write one of {string.Join(", ", CoOpLayouts.All.Select(known => known.Name))}.");
        var place = Path.Combine(Path.GetFullPath(dataRoot), layout.Folder);
        var (published, expectedSplit) = (layout.Counts, layout.SplitFile is { } file ? Path.Combine(place, file) : null);
        var report = new DatasetReport
        {
            Name = name,
            Place = place,
            Images = Path.Combine(place, layout.Images),
            Split = expectedSplit,
            Published = new DatasetCounts(layout.Classes, published.Train, published.Validation ?? 0, published.Test),
        };
        if (!Directory.Exists(place)) return report;
        var problems = WrongCopies.GetValueOrDefault(name, []).Where(copy => Directory.Exists(Path.Combine(place, copy.Sign)) && !Directory.Exists(Path.Combine(place, RightSign(name, layout))))
            .Select(copy => $"{Path.Combine(place, copy.Sign)} is there: this looks like {copy.Advice}").Take(1).ToList();
        var notes = new List<string>();
        DatasetCounts? found = null;
        string? splitHash = null;
        try
        {
            var folder = new CoOpFolder(dataRoot, layout);
            var lists = layout.Read(folder);
            found = new DatasetCounts(lists.ClassNames.Count, lists.Train.Count, lists.Validation.Count, lists.Test.Count);
            splitHash = SplitHash(folder);
            if (layout.SplitFile is not null && !folder.Has(layout.SplitFile))
            {
                notes.Add($"{expectedSplit} is missing, so this project splits the images itself; put the published file there to get the published draws");
                // Whoever splits them, the classes and the images are the same.
                if ((found.Classes, found.Images) != (report.Published.Classes, report.Published.Images))
                    problems.Add(FormattableString.Invariant($"found {found.Classes:N0} classes with {found.Images:N0} images, published are {report.Published.Classes:N0} with {report.Published.Images:N0}"));
            }
            else if (found != report.Published) problems.Add($"found {found}, published are {report.Published}");
            notes.AddRange(lists.Notes);
            AddExtra(folder, lists, notes);
            Decode(lists, problems, cancellation);
            foreach (var twice in lists.ClassNames.GroupBy(className => className).Where(group => group.Count() > 1))
                notes.Add($"{twice.Count()} classes are called '{twice.Key}', as published; labels tell them apart, texts do not");
        }
        catch (InvalidInputException e)
        {
            problems.Add(e.Message.TrimEnd('.'));
        }
        return report with { Exists = true, Found = found, SplitSha256 = splitHash, Problems = [.. problems], Notes = [.. notes] };
    }

    private static string RightSign(string name, CoOpLayout layout) => name == "stanford-cars" ? "cars_train" : layout.Images;

    private static string? SplitHash(CoOpFolder folder)
    {
        string[] files = folder.Layout.SplitFile is { } split && folder.Has(split) ? [split] : folder.Layout.Lists;
        if (files.Length == 0) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files) hash.AppendData(SHA256.HashData(folder.Bytes(file)));
        return files.Length == 1 ? Convert.ToHexStringLower(SHA256.HashData(folder.Bytes(files[0]))) : Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AddExtra(CoOpFolder folder, ImageLists lists, List<string> notes)
    {
        var listed = lists.Entries().Select(image => image.Entry.RealPath).ToHashSet(StringComparer.Ordinal);
        var extra = 0;
        string? first = null;
        foreach (var path in Directory.EnumerateFiles(folder.ImagesPlace, "*", SearchOption.AllDirectories).Where(path => ImageFile.HasImageExtension(path) && !listed.Contains(path)))
        {
            extra++;
            if (first is null || string.CompareOrdinal(path, first) < 0) first = path;
        }
        if (extra > 0) notes.Add($"{extra} images are in no list, such as {first}; they are not used");
    }

    private static void Decode(ImageLists lists, List<string> problems, CancellationToken cancellation)
    {
        var bad = 0;
        foreach (var entry in lists.Train.DistinctBy(entry => entry.Label))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                ImageFile.Decode(entry.RealPath);
            }
            catch (InvalidInputException e)
            {
                if (++bad <= ShownProblems) problems.Add(e.Message.TrimEnd('.'));
            }
        }
        if (bad > ShownProblems) problems.Add($"{bad - ShownProblems} more classes have a first image that cannot be decoded");
    }
}

/// <summary>What a data set has, or should have.</summary>
/// <param name="Classes">Classes.</param>
/// <param name="Train">Training images.</param>
/// <param name="Validation">Validation images; 0 where there are none.</param>
/// <param name="Test">Test images.</param>
public sealed record DatasetCounts(int Classes, int Train, int Validation, int Test)
{
    /// <summary>All images.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Images => Train + Validation + Test;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Classes:N0} classes with {Train:N0} training, {Validation:N0} validation and {Test:N0} test images");
}

/// <summary>What <see cref="DatasetCheck"/> found.</summary>
public sealed record DatasetReport
{
    /// <summary>As specs name it.</summary>
    public required string Name { get; init; }

    /// <summary>Where its folder belongs.</summary>
    public required string Place { get; init; }

    /// <summary>Where its images belong.</summary>
    public required string Images { get; init; }

    /// <summary>Where its published split belongs; null where there is none.</summary>
    public string? Split { get; init; }

    /// <summary>Whether its folder is there.</summary>
    public bool Exists { get; init; }

    /// <summary>Whether it is there without a problem.</summary>
    public bool Complete => Exists && Problems.Length == 0;

    /// <summary>What is published.</summary>
    public required DatasetCounts Published { get; init; }

    /// <summary>What is there; null where its lists cannot be read.</summary>
    public DatasetCounts? Found { get; init; }

    /// <summary>SHA-256 of the split's file, or of the files that lists are made from, in lower-case hexadecimal.</summary>
    public string? SplitSha256 { get; init; }

    /// <summary>What keeps it from being the published data set; a sentence without a full stop each.</summary>
    public string[] Problems { get; init; } = [];

    /// <summary>What one should know; a sentence without a full stop each.</summary>
    public string[] Notes { get; init; } = [];
}
