namespace AdaptCluster.Training.Data;

/// <summary>The image lists of a data set before any few-shot draw. Their order determines which images a draw selects.</summary>
/// <param name="Origin">The origin of the splits.</param>
/// <param name="ClassNames">The class names in label order; two classes may have the same name.</param>
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
    /// The folder that the entries' paths are relative to, as a path relative to the data root with forward slashes. It is needed for
    /// few-shot lists, whose paths are relative to the data root.
    /// </summary>
    public string Place { get; init; } = "";

    /// <summary>Returns the path of an image relative to the data root, with forward slashes.</summary>
    public string PathOf(ImageEntry entry) => Place.Length == 0 ? entry.RelativePath : $"{Place}/{entry.RelativePath}";

    /// <summary>
    /// The notes on files and folders that were found but not read, each a sentence without a full stop. Folders are walked only when the
    /// notes are enumerated, because a change stamp does not need the notes.
    /// </summary>
    public IEnumerable<string> Notes { get; init; } = [];

    /// <summary>Returns each image once, with the name of its split.</summary>
    public IEnumerable<(string Split, ImageEntry Entry)> Entries() =>
    [
        .. Train.Select(entry => ("train", entry)),
        .. Validation.Select(entry => ("validation", entry)),
        .. Test.Select(entry => ("test", entry)),
    ];
}
