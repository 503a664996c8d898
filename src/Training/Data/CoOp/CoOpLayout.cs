using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>
/// Where one data set of the CoOp family lies, and what it should hold (KaiyangZhou/CoOp, DATASETS.md and datasets/*.py).
/// </summary>
internal sealed record CoOpLayout
{
    /// <summary>As specs name it.</summary>
    public required string Name { get; init; }

    /// <summary>Its folder under the data root.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder in it that image paths of the split are relative to; empty for the data set's own.</summary>
    public required string Images { get; init; }

    /// <summary>The folders of images that people may link to where they have them already.</summary>
    public IEnumerable<string> ImageFolders =>
        Build == ImageNet.Read ? [Images, .. ImageNet.Splits.Select(split => Path.Combine(Images, split))] : [Images];

    /// <summary>The published split in its folder; null where the data set's own files give the splits.</summary>
    public string? SplitFile { get; init; }

    /// <summary>The files, relative to its folder, that lists are made from without the published split.</summary>
    public required string[] Lists { get; init; }

    /// <summary>The text of a class in CoOp's zero-shot CLIP.</summary>
    public required string Template { get; init; }

    /// <summary>Classes.</summary>
    public required int Classes { get; init; }

    /// <summary>Images of the published splits; null for validation where there is none.</summary>
    public required (int Train, int? Validation, int Test) Counts { get; init; }

    /// <summary>Makes the lists from <see cref="Lists"/>, or from the folders themselves.</summary>
    public required Func<CoOpFolder, ImageLists> Build { get; init; }

    /// <summary>Makes the lists from the published split where it is, else by <see cref="Build"/>.</summary>
    /// <exception cref="Contracts.InvalidInputException">Something is missing or damaged; the message names the path.</exception>
    public ImageLists Read(CoOpFolder folder) => SplitFile is not null && folder.Has(SplitFile)
        ? folder.Resolve(SplitJson.Read(folder.At(SplitFile), folder.Advice(SplitFile)))
        : Build(folder);
}
