using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Checks a data set by opening it. The report contains the data set's sizes, the files that are not read, and all problems found.
/// </summary>
internal static class OpenedCheck
{
    /// <summary>Checks a data set.</summary>
    /// <param name="opener">The data set's format.</param>
    /// <param name="roots">The data roots, searched in order; data sets must be inside one of them.</param>
    /// <param name="source">The data set as written in the spec.</param>
    /// <param name="shots">The number of training images per class.</param>
    /// <param name="images">Selects the images to check, for a data set of files.</param>
    /// <param name="cancellation">Checked before each image.</param>
    public static DatasetReport Of(IDatasetOpener opener, IReadOnlyList<string> roots, DatasetSource source, int shots,
        Func<FileDataset, IReadOnlyCollection<ImageEntry>> images, CancellationToken cancellation)
    {
        var report = Begin(roots, source);
        try
        {
            var dataset = DatasetFormats.Open(opener, roots, source);
            var notes = DatasetNotes.Of(dataset, shots, source.Template);
            if (DatasetFormats.Files(dataset) is not { } files)
            {
                var (train, validation, test) = dataset.Counts(shots);
                return report with { Found = new DatasetCounts(dataset.ClassNames.Count, train, validation, test), Notes = [.. notes] };
            }
            return report with
            {
                Found = files.Files,
                Notes = [.. notes.Where(note => note != files.CountsNote)],
                Problems = [.. ImageCheck.Problems(images(files), cancellation)],
            };
        }
        catch (InvalidInputException e)
        {
            return report with { Problems = [e.Message.TrimEnd('.')] };
        }
    }

    private static DatasetReport Begin(IReadOnlyList<string> roots, DatasetSource source)
    {
        if (source.Path is not { } path) return new DatasetReport { Name = source.Name, Place = "", Images = "", Exists = true };
        var place = roots.Select(root => Path.Combine(root, path)).FirstOrDefault(Path.Exists);
        return new DatasetReport
        {
            Name = source.Name,
            Exists = place is not null,
            Place = place ?? Path.Combine(roots[0], path),
            Images = Path.Combine(roots[0], source.Images ?? path),
        };
    }
}
