namespace AdaptCluster.Training.Data.Lists;

/// <summary>One image that a list names.</summary>
/// <param name="Path">Relative to the folder of the images, with forward slashes; not checked yet.</param>
/// <param name="Label">The class.</param>
/// <param name="ClassName">The class's name.</param>
internal sealed record ListedImage(string Path, int Label, string ClassName);

/// <summary>The three lists of a split.</summary>
/// <param name="Origin">How they came about.</param>
/// <param name="Source">The file that they are read from, for errors.</param>
/// <param name="Train">Training images.</param>
/// <param name="Validation">Validation images.</param>
/// <param name="Test">Test images.</param>
internal sealed record ListedSplit(
    SplitOrigin Origin, string Source, IReadOnlyList<ListedImage> Train, IReadOnlyList<ListedImage> Validation, IReadOnlyList<ListedImage> Test)
{
    /// <summary>What of the list is not read; one sentence without a full stop each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The lists by name, as errors name them.</summary>
    public IEnumerable<(string Name, IReadOnlyList<ListedImage> Images)> Parts => [("train", Train), ("val", Validation), ("test", Test)];
}
