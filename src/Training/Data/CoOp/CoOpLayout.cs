namespace AdaptCluster.Training.Data.CoOp;

/// <summary>
/// Describes the location and expected contents of a data set of the CoOp family (KaiyangZhou/CoOp, DATASETS.md and datasets/*.py). Each
/// data set has its own derived class.
/// </summary>
internal abstract class CoOpLayout
{
    /// <summary>The data set's name in specs.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the data set has only test images, for evaluating models trained on ImageNet. Default: false.</summary>
    public virtual bool IsTestOnly => false;

    /// <summary>The sort key for lists of layouts, in ascending order. Layouts with equal keys are sorted by name. Default: 0.</summary>
    public virtual int Order => 0;

    /// <summary>The data set's folder in the data root.</summary>
    public abstract string Folder { get; }

    /// <summary>The subfolder that the split's image paths are relative to; empty for the data set's folder itself.</summary>
    public abstract string Images { get; }

    /// <summary>The folders that contain the images.</summary>
    public virtual IEnumerable<string> Places => [Images];

    /// <summary>The image folders that can be links to existing copies.</summary>
    public virtual IEnumerable<string> Linked => [Images];

    /// <summary>
    /// The path of the published split file, relative to the data set's folder; null if the data set's own files define the splits.
    /// Default: null.
    /// </summary>
    public virtual string? SplitFile => null;

    /// <summary>
    /// The files, relative to the data set's folder, from which the lists are built if the published split is missing. Default: none.
    /// </summary>
    public virtual string[] Lists => [];

    /// <summary>The sources of the lists if the published split is missing, as Markdown. Default: <see cref="Lists"/>.</summary>
    public virtual string Sources => string.Join(", ", Lists.Select(file => $"`{file}`"));

    /// <summary>The prompt template of CoOp's zero-shot CLIP.</summary>
    public virtual string Template => "a photo of a {}.";

    /// <summary>The number of classes.</summary>
    public abstract int Classes { get; }

    /// <summary>The number of images in each published split; null for validation if there is no validation split.</summary>
    public abstract (int Train, int? Validation, int Test) Counts { get; }

    /// <summary>
    /// A folder that exists in a correct copy of the data set but not in an incorrect copy. Default: <see cref="Images"/>.
    /// </summary>
    public virtual string RightSign => Images;

    /// <summary>
    /// Common incorrect copies of the data set, each with a folder that identifies the copy and advice for the user. Default: none.
    /// </summary>
    public virtual IReadOnlyList<(string Sign, string Advice)> WrongCopies => [];

    /// <summary>Reads the lists from the published split if it exists; otherwise builds them with <see cref="Build"/>.</summary>
    /// <exception cref="Contracts.InvalidInputException">A file or folder is missing or damaged; the message names the path.</exception>
    public ImageLists Read(CoOpFolder folder) => SplitFile is not null && folder.Has(SplitFile)
        ? folder.Resolve(Data.Lists.SplitJson.Read(folder.At(SplitFile), folder.Advice(SplitFile)))
        : Build(folder);

    /// <summary>
    /// Computes a cheap change stamp of the files, without reading images. A different stamp means that the files may have changed.
    /// </summary>
    /// <exception cref="Contracts.InvalidInputException">A file or folder is missing or damaged; the message names the path.</exception>
    public virtual string Stamp(CoOpFolder folder) => FileFingerprint.Stamp(Read(folder));

    /// <summary>Builds the lists from <see cref="Lists"/> or from the folders.</summary>
    protected abstract ImageLists Build(CoOpFolder folder);
}
