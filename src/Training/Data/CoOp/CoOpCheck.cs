using System.Security.Cryptography;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>Checks whether a data set of the CoOp family is present, complete, and the published version. Never writes files.</summary>
internal static class CoOpCheck
{
    /// <summary>Checks one data set.</summary>
    /// <param name="dataRoots">The data roots that contain the data sets' folders, searched in order.</param>
    /// <param name="layout">The layout of the data set.</param>
    /// <param name="cancellation">Checked before each image.</param>
    public static DatasetReport Of(IReadOnlyList<string> dataRoots, CoOpLayout layout, CancellationToken cancellation)
    {
        var place = CoOpFolder.Find(dataRoots, layout) ?? CoOpFolder.PlaceIn(dataRoots, layout);
        var (published, expectedSplit) = (layout.Counts, layout.SplitFile is { } file ? Path.Combine(place, file) : null);
        var report = new DatasetReport
        {
            Name = layout.Name,
            Place = place,
            Images = Path.Combine(place, layout.Images),
            Split = expectedSplit,
            Published = new DatasetCounts(layout.Classes, published.Train, published.Validation ?? 0, published.Test),
        };
        if (!Directory.Exists(place) && new FileInfo(place).LinkTarget is null) return report;
        var problems = layout.WrongCopies
            .Where(copy => Directory.Exists(Path.Combine(place, copy.Sign))
                && !Directory.Exists(Path.Combine(place, layout.RightSign)))
            .Select(copy => $"{Path.Combine(place, copy.Sign)} exists, so this looks like {copy.Advice}").Take(1).ToList();
        var notes = new List<string>();
        DatasetCounts? found = null;
        string? splitHash = null;
        try
        {
            var folder = new CoOpFolder(dataRoots, layout);
            var lists = layout.Read(folder);
            found = new DatasetCounts(lists.ClassNames.Count, lists.Train.Count, lists.Validation.Count, lists.Test.Count);
            splitHash = SplitHash(folder);
            Compare(folder, found, report.Published, problems, notes);
            notes.AddRange(lists.Notes);
            if (UnlistedImages.Note(folder.ImagesPlace, lists) is { } unlisted) notes.Add(unlisted);
            problems.AddRange(ImageCheck.Problems([.. lists.Entries().Select(image => image.Entry)], cancellation));
            Decode(lists, problems, cancellation);
            foreach (var twice in lists.ClassNames.GroupBy(className => className).Where(group => group.Count() > 1))
                notes.Add($"{twice.Count()} classes are called '{twice.Key}', as published; they have different labels, "
                    + "but the same prompt");
        }
        catch (InvalidInputException e)
        {
            problems.Add(e.Message.TrimEnd('.'));
        }
        return report with { Exists = true, Found = found, SplitSha256 = splitHash, Problems = [.. problems], Notes = [.. notes] };
    }

    /// <summary>
    /// Compares the sizes of the splits with the published sizes. If the published split is missing, only the number of classes and the
    /// total number of images must match.
    /// </summary>
    private static void Compare(CoOpFolder folder, DatasetCounts found, DatasetCounts published, List<string> problems, List<string> notes)
    {
        var isPublishedSplit = folder.Layout.SplitFile is not { } split || folder.Has(split);
        if (!isPublishedSplit)
        {
            notes.Add($"{Path.Combine(folder.Place, folder.Layout.SplitFile!)} is missing, so AdaptCluster splits the images itself; "
                + "put the published file there to get the published few-shot splits");
        }
        if (folder.Layout.IsTestOnly && found.Classes == published.Classes)
        {
            // The archives and READMEs disagree on the number of images.
            if (found != published) notes.Add($"found {CountText.Of(found.Test, "test image")}; about {published.Test} are published");
            return;
        }
        if (isPublishedSplit ? found != published : (found.Classes, found.Images) != (published.Classes, published.Images))
            problems.Add($"found {found}; the published data set has {published}");
    }

    private static string? SplitHash(CoOpFolder folder)
    {
        string[] files = folder.Layout.SplitFile is { } split && folder.Has(split) ? [split] : folder.Layout.Lists;
        if (files.Length == 0) return null;
        byte[][] hashes = [.. files.Select(file => SHA256.HashData(folder.Bytes(file)))];
        return Convert.ToHexStringLower(hashes is [var only] ? only : SHA256.HashData(hashes.SelectMany(hash => hash).ToArray()));
    }

    /// <summary>
    /// Decodes one image per class, because the other checks do not find damage between the header and the end of a file.
    /// </summary>
    private static void Decode(ImageLists lists, List<string> problems, CancellationToken cancellation)
    {
        foreach (var entry in (lists.Train.Count > 0 ? lists.Train : lists.Test).DistinctBy(entry => entry.Label).Where(ImageCheck.IsGood))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                ImageFile.Decode(entry.RealPath);
            }
            catch (InvalidInputException e)
            {
                problems.Add(e.Message.TrimEnd('.'));
            }
        }
    }
}
