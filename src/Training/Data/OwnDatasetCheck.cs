using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Checks a data set of one's own: whether it can be read, what it has, what of it is not read, and whether its images can be used.
/// </summary>
public static class OwnDatasetCheck
{
    /// <summary>Checks a folder of images, every image of it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="dataRoots">The folders that its links may lead into, beside the one that it lies in.</param>
    /// <param name="cancellation">Looked at before each image.</param>
    public static DatasetReport Folder(string folder, IReadOnlyList<string> dataRoots, CancellationToken cancellation)
    {
        var place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.GetDirectoryName(place) is not { } parent)
            throw new InvalidInputException($"NAME: found '{folder}'; write a folder below it.");
        var source = new DatasetSource { Name = Path.GetFileName(place), Format = DatasetFormats.Folder, Path = Path.GetFileName(place) };
        string[] roots = [parent, .. dataRoots.Where(Directory.Exists)];
        var report = Check(roots, source, shots: 1, dataset => [.. dataset.Lists.Entries().Select(image => image.Entry)], cancellation);
        var isRoot = report.Found is null && dataRoots.Any(root => RootedPath.Real(Path.GetFullPath(root)) == RootedPath.Real(place));
        return !isRoot ? report : report with
        {
            Notes = [.. report.Notes, $"{place} is a data root; give the folder of one data set in it"],
        };
    }

    /// <summary>Checks a data set of a spec, and those of its images that its seeds use.</summary>
    /// <param name="source">As in the spec; its format is one with files.</param>
    /// <param name="dataRoots">The folders that data sets must lie in, searched in order.</param>
    /// <param name="shots">Training images per class.</param>
    /// <param name="seeds">Seeds of the draws.</param>
    /// <param name="cancellation">Looked at before each image.</param>
    public static DatasetReport Source(
        DatasetSource source, IReadOnlyList<string> dataRoots, int shots, IReadOnlyList<int> seeds, CancellationToken cancellation) =>
        Check(dataRoots, source, shots, dataset => dataset.Used(shots, seeds), cancellation);

    private static DatasetReport Check(
        IReadOnlyList<string> roots, DatasetSource source, int shots, Func<FileDataset, IReadOnlyCollection<ImageEntry>> images,
            CancellationToken cancellation)
    {
        var path = source.Path ?? source.Name;
        var place = roots.Select(root => Path.Combine(root, path)).FirstOrDefault(Path.Exists);
        var report = new DatasetReport
        {
            Name = source.Name,
            Exists = place is not null,
            Place = place ?? Path.Combine(roots[0], path),
            Images = Path.Combine(roots[0], source.Images ?? path),
        };
        try
        {
            var dataset = FileDatasets.Open(roots, source);
            var notes = DatasetNotes.Of(dataset, shots, source.Template).Where(note => note != dataset.CountsNote).ToArray();
            return report with { Found = dataset.Files, Notes = notes, Problems = [.. ImageCheck.Problems(images(dataset), cancellation)] };
        }
        catch (InvalidInputException e)
        {
            return report with { Problems = [e.Message.TrimEnd('.')] };
        }
    }
}
