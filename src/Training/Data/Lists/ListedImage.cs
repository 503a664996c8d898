namespace AdaptCluster.Training.Data.Lists;

/// <summary>An image in a list.</summary>
/// <param name="Path">The path relative to the image folder, with forward slashes; not validated yet.</param>
/// <param name="Label">The label.</param>
/// <param name="ClassName">The class name.</param>
internal sealed record ListedImage(string Path, int Label, string ClassName);

/// <summary>The three lists of a split.</summary>
/// <param name="Origin">Where the split comes from.</param>
/// <param name="Source">The file that the lists were read from, for error messages.</param>
/// <param name="Train">Training images.</param>
/// <param name="Validation">Validation images.</param>
/// <param name="Test">Test images.</param>
internal sealed record ListedSplit(
    SplitOrigin Origin, string Source, IReadOnlyList<ListedImage> Train, IReadOnlyList<ListedImage> Validation,
    IReadOnlyList<ListedImage> Test)
{
    /// <summary>Notes on what was not read; each one sentence without a full stop.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The lists with their names in error messages.</summary>
    public IEnumerable<(string Name, IReadOnlyList<ListedImage> Images)> Parts => [("train", Train), ("val", Validation), ("test", Test)];
}
