namespace AdaptCluster.Training.Data;

/// <summary>The lists of a data set of files before any few-shot draw. Their order determines what a draw selects.</summary>
/// <param name="Origin">Where the split comes from.</param>
/// <param name="ClassNames">Class names in label order; two classes may have the same name.</param>
/// <param name="Train">All training images.</param>
/// <param name="Validation">All validation images; empty for <see cref="SplitOrigin.ValidationFromTrain"/>.</param>
/// <param name="Test">All test images.</param>
internal sealed record ImageLists(
    SplitOrigin Origin,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<ImageEntry> Train,
    IReadOnlyList<ImageEntry> Validation,
    IReadOnlyList<ImageEntry> Test)
{
    /// <summary>
    /// The folder that the entries' paths are relative to, given relative to the data root with forward slashes. Few-shot lists name images
    /// relative to the data root.
    /// </summary>
    public string Place { get; init; } = "";

    /// <summary>An image's path relative to the data root, with forward slashes.</summary>
    public string PathOf(ImageEntry entry) => Place.Length == 0 ? entry.RelativePath : $"{Place}/{entry.RelativePath}";

    /// <summary>
    /// Notes on what was found but not read, each one sentence without a full stop. Enumerating them walks folders, which a change stamp
    /// does not need.
    /// </summary>
    public IEnumerable<string> Notes { get; init; } = [];

    /// <summary>Every image once, with the name of its split.</summary>
    public IEnumerable<(string Split, ImageEntry Entry)> Entries() =>
    [
        .. Train.Select(entry => ("train", entry)),
        .. Validation.Select(entry => ("validation", entry)),
        .. Test.Select(entry => ("test", entry)),
    ];
}
