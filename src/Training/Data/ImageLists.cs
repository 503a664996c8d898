namespace AdaptCluster.Training.Data;

/// <summary>The lists of a data set of files before any few-shot draw. Their order decides what a draw takes.</summary>
/// <param name="Origin">How they came about.</param>
/// <param name="ClassNames">Names in label order; two may be equal.</param>
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
    /// The folder that paths of entries are relative to, itself relative to the data root, with forward slashes: few-shot lists name images
    /// from the data root on.
    /// </summary>
    public string Place { get; init; } = "";

    /// <summary>An image's path relative to the data root, with forward slashes.</summary>
    public string PathOf(ImageEntry entry) => Place.Length == 0 ? entry.RelativePath : $"{Place}/{entry.RelativePath}";

    /// <summary>
    /// What was met and not read; one sentence without a full stop each. To enumerate it walks folders, which a stamp does not need.
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
