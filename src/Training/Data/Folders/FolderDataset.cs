using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Data.Folders;

/// <summary>
/// Opens data sets with one folder of image files per class. The class folders are either under train, validation (or val) and test, or
/// directly in the data set's folder.
/// </summary>
public static class FolderDataset
{
    /// <summary>Opens a data set.</summary>
    /// <param name="dataRoots">The data roots, searched in order; data sets must be inside one of them.</param>
    /// <param name="path">The data set's folder, relative to a data root.</param>
    /// <param name="names">The class names to use instead of folder names, keyed by folder name.</param>
    /// <exception cref="InvalidInputException">The path leads out of the roots, or the folder is not a data set; the message names
    /// it.</exception>
    public static FileDataset Open(IReadOnlyList<string> dataRoots, string path, IReadOnlyDictionary<string, string>? names = null)
    {
        var lists = Read(dataRoots, path);
        return new FileDataset(lists with { ClassNames = ClassNameMap.Apply(names, lists.ClassNames, path) },
            DatasetSource.DefaultTemplate);
    }

    /// <summary>
    /// Computes a cheap change stamp of a data set's files, without reading them. A different stamp means that the files may have changed.
    /// </summary>
    /// <param name="dataRoots">The data roots, searched in order; data sets must be inside one of them.</param>
    /// <param name="path">The data set's folder, relative to a data root.</param>
    /// <returns>A hash of the location, length and last write time of every image.</returns>
    /// <exception cref="InvalidInputException">The path leads out of the roots, or the folder is not a data set; the message names
    /// it.</exception>
    public static string Stamp(IReadOnlyList<string> dataRoots, string path) => FileFingerprint.Stamp(Read(dataRoots, path));

    private static ImageLists Read(IReadOnlyList<string> dataRoots, string path)
    {
        var root = new RootedPath(dataRoots);
        return FolderSplits.Read(root, root.Folder(path)) with { Place = DataPath.Normal(path) };
    }
}
