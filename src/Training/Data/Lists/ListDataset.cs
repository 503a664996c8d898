using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>Data sets of one's own whose images stand in a list: a table ("csv") or a split file of the CoOp family ("split").</summary>
internal static class ListDataset
{
    /// <summary>Opens a data set.</summary>
    /// <param name="dataRoot">The folder that data sets must lie in.</param>
    /// <param name="source">Its format is "csv" or "split"; its path is the list.</param>
    /// <exception cref="InvalidInputException">A path leaves the root, or the list cannot be used; it is named.</exception>
    public static FileDataset Open(string dataRoot, DatasetSource source)
    {
        var lists = Read(dataRoot, source);
        return new FileDataset(lists with { ClassNames = ClassNameMap.Apply(source.Names, lists.ClassNames, source.Path!) }, DatasetSource.DefaultTemplate);
    }

    /// <summary>What the images look like from outside; reads the list, but no image.</summary>
    /// <exception cref="InvalidInputException">As for <see cref="Open"/>.</exception>
    public static string Stamp(string dataRoot, DatasetSource source) => FileFingerprint.Stamp(Read(dataRoot, source));

    private static ImageLists Read(string dataRoot, DatasetSource source)
    {
        var root = new RootedPath(dataRoot);
        var file = root.File(source.Path!);
        var folder = source.Images is { } images ? root.Folder(images) : Path.GetDirectoryName(file)!;
        var split = source.Format == DatasetFormats.Csv ? SplitCsv.Read(file) : SplitJson.Read(file, "write the file's path relative to the data root");
        return new ListedFiles(root, folder).Resolve(split);
    }
}
