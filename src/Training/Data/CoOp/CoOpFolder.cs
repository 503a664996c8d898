using AdaptCluster.Contracts;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The folder of one data set of the CoOp family on this machine. Nothing is ever written into it.</summary>
internal sealed class CoOpFolder
{
    /// <summary>
    /// Opens the folder. It and the folders of images that the layout names may be links to wherever they lie, as CoOp's DATASETS.md has
    /// them: no
    /// spec chooses their names. Any other link must stay in them or lead into a data root.
    /// </summary>
    /// <param name="dataRoots">The folders that data sets lie in, searched in order.</param>
    /// <param name="layout">What lies where.</param>
    /// <exception cref="InvalidInputException">It does not exist.</exception>
    public CoOpFolder(IReadOnlyList<string> dataRoots, CoOpLayout layout)
    {
        Layout = layout;
        if (Find(dataRoots, layout) is not { } path)
        {
            foreach (var root in dataRoots) RootedPath.RequireWhole(Path.Combine(Path.GetFullPath(root), layout.Folder));
            throw new InvalidInputException($"data set '{layout.Name}' belongs into {PlaceIn(dataRoots, layout)}, which does not exist; "
                + $"'sweep datasets check {layout.Name}' says what goes there, and {RootedPath.Variable} names other data roots.");
        }
        Place = RootedPath.Real(path);
        string[] named = [Place, .. layout.Linked.Select(folder => RootedPath.Real(Path.Combine(Place, folder)))];
        Root = new RootedPath(dataRoots, named.Where(Directory.Exists));
    }

    /// <summary>The folder of a data set in the first root that has it; null where none has.</summary>
    public static string? Find(IReadOnlyList<string> dataRoots, CoOpLayout layout) =>
        dataRoots.Select(root => Path.Combine(Path.GetFullPath(root), layout.Folder)).FirstOrDefault(Directory.Exists);

    /// <summary>Where a data set's folder belongs: the first root.</summary>
    public static string PlaceIn(IReadOnlyList<string> dataRoots, CoOpLayout layout) =>
        Path.Combine(Path.GetFullPath(dataRoots[0]), layout.Folder);

    /// <summary>What lies where.</summary>
    public CoOpLayout Layout { get; }

    /// <summary>What links must not leave: the folder itself, its folders of images, and the data roots.</summary>
    public RootedPath Root { get; }

    /// <summary>The folder, without links.</summary>
    public string Place { get; }

    /// <summary>The folder that image paths are relative to.</summary>
    /// <exception cref="InvalidInputException">It does not exist.</exception>
    public string ImagesPlace
    {
        get
        {
            var path = Path.Combine(Place, Layout.Images);
            RootedPath.RequireWhole(path);
            return Directory.Exists(path) ? Root.Contained(path)
                : throw new InvalidInputException($"{path} does not exist; {Advice(Layout.Images)}.");
        }
    }

    /// <summary>Whether there is something of that name.</summary>
    public bool Has(string relative) => Path.Exists(Path.Combine(Place, relative));

    /// <summary>The real path of a file in the folder, whether or not it is there.</summary>
    /// <exception cref="InvalidInputException">It is a link out of the folder.</exception>
    public string At(string relative) => Root.Contained(Path.Combine(Place, relative));

    /// <summary>What to do about a file that is missing, to follow a semicolon.</summary>
    public string Advice(string relative) =>
        (Layout.SplitFile is { } split && relative != split ? $"put it there, or the published {split} into {Place}" : "put it there")
            + "; docs/datasets.md says where it comes from";

    /// <summary>The lines of a text file, trimmed, without empty ones.</summary>
    /// <exception cref="InvalidInputException">It is missing or no text; the message names it.</exception>
    public IReadOnlyList<string> Lines(string relative) =>
        SmallFile.ReadText(At(relative), Advice(relative))
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="InvalidInputException">It is missing; the message names it.</exception>
    public byte[] Bytes(string relative) => SmallFile.ReadBytes(At(relative), Advice(relative));

    /// <summary>Finds the files of lists.</summary>
    /// <exception cref="InvalidInputException">Files are missing, or the classes cannot be used.</exception>
    public ImageLists Resolve(ListedSplit split) => new ListedFiles(Root, ImagesPlace).Resolve(split);

    /// <summary>The error of a line that has another form than it should.</summary>
    public InvalidInputException Refused(string relative, int index, string what) =>
        new($"{Path.Combine(Place, relative)}, line {index + 1}: {what}; copy the file again.");
}
