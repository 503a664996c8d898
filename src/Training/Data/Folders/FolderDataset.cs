using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Data.Folders;

/// <summary>
/// Data sets of image files in one folder per class, either under train, validation (or val) and test, or directly.
/// </summary>
public static class FolderDataset
{
    /// <summary>Opens a data set.</summary>
    /// <param name="dataRoots">The folders that data sets must lie in, searched in order.</param>
    /// <param name="path">The data set's folder, relative to the root.</param>
    /// <param name="names">Other names for class folders.</param>
    /// <exception cref="InvalidInputException">The path leaves the root, or the folder is no data set; it is named.</exception>
    public static FileDataset Open(IReadOnlyList<string> dataRoots, string path, IReadOnlyDictionary<string, string>? names = null)
    {
        var lists = Read(dataRoots, path);
        return new FileDataset(lists with { ClassNames = ClassNameMap.Apply(names, lists.ClassNames, path) },
            DatasetSource.DefaultTemplate);
    }

    /// <summary>What the files of a data set look like from outside; another text says that they may have changed. Reads no file.</summary>
    /// <param name="dataRoots">The folders that data sets must lie in, searched in order.</param>
    /// <param name="path">The data set's folder, relative to the root.</param>
    /// <returns>A hash of each image's place, length and time of last write.</returns>
    /// <exception cref="InvalidInputException">As for <see cref="Open"/>.</exception>
    public static string Stamp(IReadOnlyList<string> dataRoots, string path) => FileFingerprint.Stamp(Read(dataRoots, path));

    private static ImageLists Read(IReadOnlyList<string> dataRoots, string path)
    {
        var root = new RootedPath(dataRoots);
        return FolderSplits.Read(root, root.Folder(path)) with { Place = DataPath.Normal(path) };
    }
}
