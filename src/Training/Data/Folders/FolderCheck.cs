using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Data.Folders;

/// <summary>Checks a folder of images that is not named in a spec.</summary>
public static class FolderCheck
{
    /// <summary>Checks every image in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="dataRoots">The folders that links may lead into, in addition to the folder's parent.</param>
    /// <param name="cancellation">Checked before each image.</param>
    public static DatasetReport Of(string folder, IReadOnlyList<string> dataRoots, CancellationToken cancellation)
    {
        var place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.GetDirectoryName(place) is not { } parent)
            throw new InvalidInputException($"NAME: found '{folder}'; specify a folder below it.");
        var source = new DatasetSource { Name = Path.GetFileName(place), Format = FolderFormat.Id, Path = Path.GetFileName(place) };
        string[] roots = [parent, .. dataRoots.Where(Directory.Exists)];
        var report = OpenedCheck.Of(new FolderFormat(), roots, source, shots: 1,
            dataset => [.. dataset.Lists.Entries().Select(image => image.Entry)], cancellation);
        var isRoot = report.Found is null && dataRoots.Any(root => RootedPath.Real(Path.GetFullPath(root)) == RootedPath.Real(place));
        return !isRoot ? report : report with
        {
            Notes = [.. report.Notes, $"{place} is a data root; specify the folder of one data set in it"],
        };
    }
}
