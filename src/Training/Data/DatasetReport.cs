using System.Text.Json.Serialization;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>What a data set has, or should have.</summary>
/// <param name="Classes">Classes.</param>
/// <param name="Train">Training images.</param>
/// <param name="Validation">Validation images; 0 where there are none.</param>
/// <param name="Test">Test images.</param>
public sealed record DatasetCounts(int Classes, int Train, int Validation, int Test)
{
    /// <summary>All images.</summary>
    [JsonIgnore]
    public int Images => Train + Validation + Test;

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{CountText.Of(Classes, "class", "classes")} with {Train:N0} training, {Validation:N0} validation ")
        + $"and {CountText.Of(Test, "test image")}";
}

/// <summary>What a check of a data set found.</summary>
public sealed record DatasetReport
{
    /// <summary>As specs name it.</summary>
    public required string Name { get; init; }

    /// <summary>Where its folder belongs.</summary>
    public required string Place { get; init; }

    /// <summary>Where its images belong, or lie.</summary>
    public required string Images { get; init; }

    /// <summary>Where its published split belongs; null where there is none.</summary>
    public string? Split { get; init; }

    /// <summary>Whether its folder is there.</summary>
    public bool Exists { get; init; }

    /// <summary>Whether it is there without a problem.</summary>
    public bool Complete => Exists && Problems.Length == 0;

    /// <summary>What is published; null for a data set of one's own.</summary>
    public DatasetCounts? Published { get; init; }

    /// <summary>What is there; null where its lists cannot be read.</summary>
    public DatasetCounts? Found { get; init; }

    /// <summary>SHA-256 of the split's file, or of the files that lists are made from, in lower-case hexadecimal.</summary>
    public string? SplitSha256 { get; init; }

    /// <summary>What keeps it from being used, or from being the published data set; a sentence without a full stop each.</summary>
    public string[] Problems { get; init; } = [];

    /// <summary>What one should know; a sentence without a full stop each.</summary>
    public string[] Notes { get; init; } = [];
}
