namespace AdaptCluster.Training.Data.Lists;

/// <summary>An image in a list.</summary>
/// <param name="Path">The path relative to the image folder, with forward slashes; not validated yet.</param>
/// <param name="Label">The label.</param>
/// <param name="ClassName">The class name.</param>
internal sealed record ListedImage(string Path, int Label, string ClassName);

/// <summary>The three lists of a split.</summary>
/// <param name="Origin">The origin of the splits.</param>
/// <param name="Source">The file that the lists were read from, for error messages.</param>
/// <param name="Train">The training images.</param>
/// <param name="Validation">The validation images.</param>
/// <param name="Test">The test images.</param>
internal sealed record ListedSplit(
    SplitOrigin Origin, string Source, IReadOnlyList<ListedImage> Train, IReadOnlyList<ListedImage> Validation,
    IReadOnlyList<ListedImage> Test)
{
    /// <summary>The notes on parts of the file that were not read; each is a sentence without a full stop.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The lists, each with its name in error messages.</summary>
    public IEnumerable<(string Name, IReadOnlyList<ListedImage> Images)> Parts => [("train", Train), ("val", Validation), ("test", Test)];
}
