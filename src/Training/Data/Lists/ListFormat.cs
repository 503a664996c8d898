using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>A format for data sets whose images are listed in a single file.</summary>
internal abstract class ListFormat : DatasetFormat, IDatasetOpener
{
    /// <summary>The advice for a missing list, which follows a semicolon in the message.</summary>
    internal const string Advice = "specify the path of the file relative to the data root";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => DatasetKeys.All;

    /// <inheritdoc/>
    public override bool NeedsPath => true;

    /// <inheritdoc/>
    public IDataset Open(IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var (folder, lists) = Resolve(dataRoots, source);
        // A data root also contains other data sets.
        var isRoot = dataRoots.Any(root => RootedPath.Real(Path.GetFullPath(root)) == folder);
        string?[] notes = [.. lists.Notes, isRoot ? UnlistedImages.NoteBeside(lists) : UnlistedImages.Note(folder, lists)];
        var names = ClassNameMap.Apply(source.Names, lists.ClassNames, source.Path!);
        return new FileDataset(lists with { ClassNames = names, Notes = [.. notes.OfType<string>()] }, DatasetSource.DefaultTemplate);
    }

    /// <summary>Computes a cheap change stamp from the list file, without opening images.</summary>
    /// <param name="dataRoots">The data roots, searched in order; data sets must be inside one of them.</param>
    /// <param name="source">The data set as written in the spec.</param>
    /// <exception cref="InvalidInputException">The data set cannot be opened; see <see cref="Open"/>.</exception>
    public string Stamp(IReadOnlyList<string> dataRoots, DatasetSource source) =>
        FileFingerprint.Stamp(Resolve(dataRoots, source).Lists);

    /// <summary>Reads a list.</summary>
    /// <param name="file">The path of the file, already verified to be inside its root.</param>
    /// <exception cref="InvalidInputException">The list cannot be used; the message names it.</exception>
    protected abstract ListedSplit Read(string file);

    private (string Folder, ImageLists Lists) Resolve(IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var root = new RootedPath(dataRoots);
        var file = root.File(source.Path!);
        var folder = source.Images is { } images ? root.Folder(images) : Path.GetDirectoryName(file)!;
        var place = source.Images ?? Path.GetDirectoryName(source.Path!) ?? "";
        return (folder, new ListedFiles(root, folder).Resolve(Read(file)) with { Place = DataPath.Normal(place) });
    }
}
