using System.Text.Json.Serialization;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>The numbers of classes and images in a data set, as found or as published.</summary>
/// <param name="Classes">The number of classes.</param>
/// <param name="Train">The number of training images.</param>
/// <param name="Validation">The number of validation images; 0 if there are none.</param>
/// <param name="Test">The number of test images.</param>
public sealed record DatasetCounts(int Classes, int Train, int Validation, int Test)
{
    /// <summary>The number of images in all splits.</summary>
    [JsonIgnore]
    public int Images => Train + Validation + Test;

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{CountText.Of(Classes, "class", "classes")} with {Train:N0} training, {Validation:N0} validation ")
        + $"and {CountText.Of(Test, "test image")}";
}

/// <summary>The result of checking a data set.</summary>
public sealed record DatasetReport
{
    /// <summary>The data set's name in specs.</summary>
    public required string Name { get; init; }

    /// <summary>The path where the data set's folder is expected.</summary>
    public required string Place { get; init; }

    /// <summary>The path where the images are expected.</summary>
    public required string Images { get; init; }

    /// <summary>The path where the published split file is expected; null if the data set has no such file.</summary>
    public string? Split { get; init; }

    /// <summary>Whether the folder exists.</summary>
    public bool Exists { get; init; }

    /// <summary>Whether the data set exists and has no problems.</summary>
    public bool Complete => Exists && Problems.Length == 0;

    /// <summary>The published sizes; null for a data set of the user's own.</summary>
    public DatasetCounts? Published { get; init; }

    /// <summary>The actual sizes; null if the lists cannot be read.</summary>
    public DatasetCounts? Found { get; init; }

    /// <summary>The SHA-256 hash, in lower-case hexadecimal, of the split file or of the files that the lists are built from.</summary>
    public string? SplitSha256 { get; init; }

    /// <summary>
    /// The problems that make the data set unusable or different from the published data set; each is a sentence without a full stop.
    /// </summary>
    public string[] Problems { get; init; } = [];

    /// <summary>The notes for the user; each is a sentence without a full stop.</summary>
    public string[] Notes { get; init; } = [];
}
