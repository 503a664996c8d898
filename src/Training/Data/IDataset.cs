namespace AdaptCluster.Training.Data;

/// <summary>
/// A data set that few-shot draws are made from. Describing it decodes no image. Implementations may be called from several threads.
/// </summary>
public interface IDataset
{
    /// <summary>Names in label order; two classes may have the same name.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>SHA-256, in lower-case hexadecimal, of what the images and labels are made from.</summary>
    string Fingerprint { get; }

    /// <summary>Images of each split after a draw; the same for every seed.</summary>
    /// <param name="shots">Training images per class, at least 1.</param>
    /// <exception cref="Contracts.InvalidInputException">The data set cannot serve so many shots.</exception>
    (int Train, int Validation, int Test) Counts(int shots);

    /// <summary>The text of each class, in label order.</summary>
    /// <param name="template">"{}" standing for the name; null for the data set's own.</param>
    /// <exception cref="Contracts.InvalidInputException">The template has no "{}".</exception>
    IReadOnlyList<string> Texts(string? template);

    /// <summary>Makes the draw of one seed.</summary>
    /// <param name="shots">Training images per class, at least 1.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <param name="template">The text of a class, "{}" standing for its name; null for the data set's own.</param>
    /// <exception cref="Contracts.InvalidInputException">The data set cannot serve so many shots, or the template has no "{}".</exception>
    FewShotData Load(int shots, int seed, string? template);

    /// <summary>The test images alone, for what was trained elsewhere. Default: those of a draw of one shot.</summary>
    /// <param name="template">As for <see cref="Load"/>.</param>
    /// <exception cref="Contracts.InvalidInputException">The template has no "{}".</exception>
    FewShotData LoadTest(string? template) => Load(1, 0, template);

    /// <summary>What one should know of it before comparing numbers made with it; one sentence without a full stop each.</summary>
    /// <param name="shots">Training images per class, at least 1.</param>
    IEnumerable<string> Notes(int shots) => [];
}
