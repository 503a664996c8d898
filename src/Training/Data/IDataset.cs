namespace AdaptCluster.Training.Data;

/// <summary>
/// A data set that few-shot splits are drawn from. Opening or describing it does not decode images. Implementations must be thread-safe.
/// </summary>
public interface IDataset
{
    /// <summary>The class names in label order; two classes may have the same name.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>The SHA-256 hash, in lower-case hexadecimal, of everything that determines the images and labels.</summary>
    string Fingerprint { get; }

    /// <summary>Returns the number of images in each split after a draw, which is the same for every seed.</summary>
    /// <param name="shots">The number of training images per class, at least 1.</param>
    /// <exception cref="Contracts.InvalidInputException">The data set does not have enough images for this many shots.</exception>
    (int Train, int Validation, int Test) Counts(int shots);

    /// <summary>Returns the prompt for each class, in label order.</summary>
    /// <param name="template">The prompt template, in which "{}" stands for the class name; null for the data set's own.</param>
    /// <exception cref="Contracts.InvalidInputException">The template has no "{}".</exception>
    IReadOnlyList<string> Texts(string? template);

    /// <summary>Draws the few-shot splits for one seed.</summary>
    /// <param name="shots">The number of training images per class, at least 1.</param>
    /// <param name="seed">The seed of the draw.</param>
    /// <param name="template">The prompt template, in which "{}" stands for the class name; null for the data set's own.</param>
    /// <exception cref="Contracts.InvalidInputException">The data set does not have enough images for this many shots, or the template has
    /// no "{}".</exception>
    FewShotData Load(int shots, int seed, string? template);

    /// <summary>
    /// Loads only the test images, to evaluate a model trained on another data set. The default loads the test images from a one-shot draw.
    /// </summary>
    /// <param name="template">The prompt template, in which "{}" stands for the class name; null for the data set's own.</param>
    /// <exception cref="Contracts.InvalidInputException">The template has no "{}".</exception>
    FewShotData LoadTest(string? template) => Load(1, 0, template);

    /// <summary>
    /// Returns notes that users should read before they compare results on this data set; each is a sentence without a full stop.
    /// </summary>
    /// <param name="shots">The number of training images per class, at least 1.</param>
    IEnumerable<string> Notes(int shots) => [];

    /// <summary>
    /// The notes on the test images only, for evaluating a model trained on another data set; each is a sentence without a full stop.
    /// </summary>
    IEnumerable<string> TestNotes => [];
}
