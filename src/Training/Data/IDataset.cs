namespace AdaptCluster.Training.Data;

/// <summary>
/// A data set that few-shot splits are drawn from. Opening or describing it decodes no image. Implementations must be thread-safe.
/// </summary>
public interface IDataset
{
    /// <summary>Class names in label order; two classes may have the same name.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>SHA-256, in lower-case hexadecimal, of everything that determines the images and labels.</summary>
    string Fingerprint { get; }

    /// <summary>The number of images in each split after a draw; the same for every seed.</summary>
    /// <param name="shots">Training images per class, at least 1.</param>
    /// <exception cref="Contracts.InvalidInputException">The data set does not have enough images for this many shots.</exception>
    (int Train, int Validation, int Test) Counts(int shots);

    /// <summary>The prompt of each class, in label order.</summary>
    /// <param name="template">The prompt template, in which "{}" stands for the class name; null for the data set's own.</param>
    /// <exception cref="Contracts.InvalidInputException">The template has no "{}".</exception>
    IReadOnlyList<string> Texts(string? template);

    /// <summary>Draws the few-shot split of one seed.</summary>
    /// <param name="shots">Training images per class, at least 1.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <param name="template">The prompt template, in which "{}" stands for the class name; null for the data set's own.</param>
    /// <exception cref="Contracts.InvalidInputException">The data set does not have enough images for this many shots, or the template has
    /// no "{}".</exception>
    FewShotData Load(int shots, int seed, string? template);

    /// <summary>Loads only the test images, to evaluate a model trained elsewhere. Default: the test images of a one-shot draw.</summary>
    /// <param name="template">As for <see cref="Load"/>.</param>
    /// <exception cref="Contracts.InvalidInputException">The template has no "{}".</exception>
    FewShotData LoadTest(string? template) => Load(1, 0, template);

    /// <summary>Notes on the data set to read before comparing results obtained with it; each one sentence without a full stop.</summary>
    /// <param name="shots">Training images per class, at least 1.</param>
    IEnumerable<string> Notes(int shots) => [];

    /// <summary>The notes that concern the test images alone, for a model trained elsewhere; in the form of <see cref="Notes"/>.</summary>
    IEnumerable<string> TestNotes => [];
}
