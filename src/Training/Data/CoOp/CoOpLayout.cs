namespace AdaptCluster.Training.Data.CoOp;

/// <summary>
/// Where one data set of the CoOp family lies, and what it should hold (KaiyangZhou/CoOp, DATASETS.md and datasets/*.py). Each is a class
/// that derives from this one.
/// </summary>
internal abstract class CoOpLayout
{
    /// <summary>As specs name it.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it has test images alone, for what was trained on ImageNet. Default: false.</summary>
    public virtual bool IsTestOnly => false;

    /// <summary>Its place in lists, small numbers first. Default: 0, where layouts are sorted by name.</summary>
    public virtual int Order => 0;

    /// <summary>Its folder under the data root.</summary>
    public abstract string Folder { get; }

    /// <summary>The folder in it that image paths of the split are relative to; empty for the data set's own.</summary>
    public abstract string Images { get; }

    /// <summary>The folders that the images lie in.</summary>
    public virtual IEnumerable<string> Places => [Images];

    /// <summary>The folders of images that people may link to where they have them already.</summary>
    public virtual IEnumerable<string> Linked => [Images];

    /// <summary>The published split in its folder; null where the data set's own files give the splits. Default: null.</summary>
    public virtual string? SplitFile => null;

    /// <summary>The files, relative to its folder, that lists are made from without the published split. Default: none.</summary>
    public virtual string[] Lists => [];

    /// <summary>What lists are made from without the published split, as Markdown. Default: <see cref="Lists"/>.</summary>
    public virtual string Sources => string.Join(", ", Lists.Select(file => $"`{file}`"));

    /// <summary>The text of a class in CoOp's zero-shot CLIP.</summary>
    public virtual string Template => "a photo of a {}.";

    /// <summary>Classes.</summary>
    public abstract int Classes { get; }

    /// <summary>Images of the published splits; null for validation where there is none.</summary>
    public abstract (int Train, int? Validation, int Test) Counts { get; }

    /// <summary>A folder that the right copy has and wrong ones have not. Default: <see cref="Images"/>.</summary>
    public virtual string RightSign => Images;

    /// <summary>Copies that many people have by mistake: a folder that gives one away, and what to do. Default: none.</summary>
    public virtual IReadOnlyList<(string Sign, string Advice)> WrongCopies => [];

    /// <summary>Makes the lists from the published split where it is, else by <see cref="Build"/>.</summary>
    /// <exception cref="Contracts.InvalidInputException">Something is missing or damaged; the message names the path.</exception>
    public ImageLists Read(CoOpFolder folder) => SplitFile is not null && folder.Has(SplitFile)
        ? folder.Resolve(Data.Lists.SplitJson.Read(folder.At(SplitFile), folder.Advice(SplitFile)))
        : Build(folder);

    /// <summary>What the files look like from outside; another text says that they may have changed. Reads no image.</summary>
    /// <exception cref="Contracts.InvalidInputException">As for <see cref="Read"/>.</exception>
    public virtual string Stamp(CoOpFolder folder) => FileFingerprint.Stamp(Read(folder));

    /// <summary>Makes the lists from <see cref="Lists"/>, or from the folders themselves.</summary>
    protected abstract ImageLists Build(CoOpFolder folder);
}
