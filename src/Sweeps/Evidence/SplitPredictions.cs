using System.Security.Cryptography;
using System.Text;

namespace AdaptCluster.Sweeps.Evidence;

/// <summary>A job's predictions for the images of one split, in the split's order.</summary>
public sealed record SplitPredictions
{
    /// <summary>
    /// The maximum number of classes that two bytes per label can represent; predictions of jobs with more classes are not stored.
    /// </summary>
    public const int MaxClasses = ushort.MaxValue + 1;

    /// <summary>
    /// SHA-256 of the split's classes, labels and image names (<see cref="ManifestOf"/>). Two sets of predictions are for the same images
    /// only if their manifests are equal.
    /// </summary>
    public required string Manifest { get; init; }

    /// <summary>The 0-based class of each image.</summary>
    public required ushort[] Labels { get; init; }

    /// <summary>The 0-based class with the largest logit for each image.</summary>
    public required ushort[] Predicted { get; init; }

    /// <summary>The softmax probability of the predicted class for each image, in steps of 1/65535.</summary>
    public required ushort[] Confidence { get; init; }

    /// <summary>The number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>The number of images classified correctly, which equals the number that the job reports.</summary>
    public int Correct => Labels.Where((label, i) => label == Predicted[i]).Count();

    /// <summary>Returns the probability of the predicted class.</summary>
    /// <param name="index">The image's position in the split.</param>
    public double Probability(int index) => Confidence[index] / (double)ushort.MaxValue;

    /// <summary>Converts a probability to its stored form.</summary>
    public static ushort Kept(float probability) =>
        (ushort)Math.Clamp(Math.Round(probability * (double)ushort.MaxValue), 0, ushort.MaxValue);

    /// <summary>Returns the SHA-256, in lower-case hexadecimal, of a split's classes, labels and image names.</summary>
    /// <param name="classNames">The class names in label order.</param>
    /// <param name="labels">The class of each image, in the split's order.</param>
    /// <param name="name">A function that returns an image's path in its data set, given its position; null if the image is not stored in a
    /// file.</param>
    public static string ManifestOf(IReadOnlyList<string> classNames, IReadOnlyList<int> labels, Func<int, string?> name)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // No name contains a zero byte, so different splits never produce the same text.
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + '\0'));
        foreach (var className in classNames) Add(className);
        Add("");
        for (var i = 0; i < labels.Count; i++) Add(FormattableString.Invariant($"{labels[i]} {name(i)}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
