using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>Data sets of one's own whose images stand in a list: a table ("csv") or a split file of the CoOp family ("split").</summary>
internal static class ListDataset
{
    /// <summary>Opens a data set.</summary>
    /// <param name="dataRoots">The folders that data sets must lie in, searched in order.</param>
    /// <param name="source">Its format is "csv" or "split"; its path is the list.</param>
    /// <exception cref="InvalidInputException">A path leaves the root, or the list cannot be used; it is named.</exception>
    public static FileDataset Open(IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var (folder, lists) = Read(dataRoots, source);
        // A root holds other data sets too.
        var isRoot = dataRoots.Any(root => RootedPath.Real(Path.GetFullPath(root)) == folder);
        string?[] notes = [.. lists.Notes, isRoot ? UnlistedImages.NoteBeside(lists) : UnlistedImages.Note(folder, lists)];
        var names = ClassNameMap.Apply(source.Names, lists.ClassNames, source.Path!);
        return new FileDataset(lists with { ClassNames = names, Notes = [.. notes.OfType<string>()] }, DatasetSource.DefaultTemplate);
    }

    /// <summary>What the images look like from outside; reads the list, but no image.</summary>
    /// <exception cref="InvalidInputException">As for <see cref="Open"/>.</exception>
    public static string Stamp(IReadOnlyList<string> dataRoots, DatasetSource source) =>
        FileFingerprint.Stamp(Read(dataRoots, source).Lists);

    private static (string Folder, ImageLists Lists) Read(IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var root = new RootedPath(dataRoots);
        var file = root.File(source.Path!);
        var folder = source.Images is { } images ? root.Folder(images) : Path.GetDirectoryName(file)!;
        var split = source.Format == DatasetFormats.Csv ? SplitCsv.Read(file)
            : SplitJson.Read(file, "write the file's path relative to the data root");
        return (folder, new ListedFiles(root, folder).Resolve(split));
    }
}
