using AdaptCluster.Contracts;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The folder that contains one data set of the CoOp family on this machine. This class never writes to it.</summary>
internal sealed class CoOpFolder
{
    /// <summary>
    /// Initializes the object after finding the folder in the data roots. The folder itself and the layout's image folders can be links to
    /// any location, as CoOp's DATASETS.md suggests, because specs cannot choose the names of these folders. Other links must stay inside
    /// these folders or lead into a data root.
    /// </summary>
    /// <param name="dataRoots">The data roots, searched in order.</param>
    /// <param name="layout">The layout of the data set.</param>
    /// <exception cref="InvalidInputException">The folder does not exist.</exception>
    public CoOpFolder(IReadOnlyList<string> dataRoots, CoOpLayout layout)
    {
        Layout = layout;
        if (Find(dataRoots, layout) is not { } path)
        {
            foreach (var root in dataRoots) RootedPath.RequireWhole(Path.Combine(Path.GetFullPath(root), layout.Folder));
            throw new InvalidInputException($"data set '{layout.Name}' belongs in {PlaceIn(dataRoots, layout)}, which does not exist; "
                + $"run 'sweep datasets check {layout.Name}' to see what goes there, or set {RootedPath.Variable} to other data roots.");
        }
        Place = RootedPath.Real(path);
        string[] named = [Place, .. layout.Linked.Select(folder => RootedPath.Real(Path.Combine(Place, folder)))];
        Root = new RootedPath(dataRoots, named.Where(Directory.Exists));
    }

    /// <summary>Returns the folder of a data set in the first root that contains it; null if no root contains it.</summary>
    public static string? Find(IReadOnlyList<string> dataRoots, CoOpLayout layout) =>
        dataRoots.Select(root => Path.Combine(Path.GetFullPath(root), layout.Folder)).FirstOrDefault(Directory.Exists);

    /// <summary>Returns the path at which a data set's folder is expected: in the first root.</summary>
    public static string PlaceIn(IReadOnlyList<string> dataRoots, CoOpLayout layout) =>
        Path.Combine(Path.GetFullPath(dataRoots[0]), layout.Folder);

    /// <summary>The layout of the data set.</summary>
    public CoOpLayout Layout { get; }

    /// <summary>The folders that links may lead into: the folder itself, its image folders, and the data roots.</summary>
    public RootedPath Root { get; }

    /// <summary>The real path of the folder.</summary>
    public string Place { get; }

    /// <summary>The folder that image paths are relative to.</summary>
    /// <exception cref="InvalidInputException">The folder does not exist.</exception>
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

    /// <summary>Whether a file or folder with this relative path exists.</summary>
    public bool Has(string relative) => Path.Exists(Path.Combine(Place, relative));

    /// <summary>Returns the real path of a file in the folder, whether or not the file exists.</summary>
    /// <exception cref="InvalidInputException">The path is a link that leads out of the folder.</exception>
    public string At(string relative) => Root.Contained(Path.Combine(Place, relative));

    /// <summary>Returns the advice to append, after a semicolon, to the error message for a missing file.</summary>
    public string Advice(string relative) =>
        (Layout.SplitFile is { } split && relative != split ? $"put it there, or put the published {split} in {Place}" : "put it there")
            + "; docs/users/datasets.md explains where to get it";

    /// <summary>Reads the lines of a text file, trimmed and without empty lines.</summary>
    /// <exception cref="InvalidInputException">The file is missing or not text; the message names it.</exception>
    public IReadOnlyList<string> Lines(string relative) =>
        SmallFile.ReadText(At(relative), Advice(relative))
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="InvalidInputException">The file is missing; the message names it.</exception>
    public byte[] Bytes(string relative) => SmallFile.ReadBytes(At(relative), Advice(relative));

    /// <summary>Finds the image files that a split lists.</summary>
    /// <exception cref="InvalidInputException">Files are missing, or the classes cannot be used.</exception>
    public ImageLists Resolve(ListedSplit split) => new ListedFiles(Root, ImagesPlace).Resolve(split);

    /// <summary>Returns the exception for a malformed line.</summary>
    public InvalidInputException Refused(string relative, int index, string what) =>
        new($"{Path.Combine(Place, relative)}, line {index + 1}: {what}; copy the file again.");
}
