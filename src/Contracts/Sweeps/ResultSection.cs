namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// A table for one evaluation protocol. It shows the sweep's rows evaluated on one kind of test image, such as images of classes unseen in
/// training.
/// </summary>
[GenerateSerializer, Immutable, Alias("ResultSection")]
public sealed record ResultSection
{
    /// <summary>The section's title, such as "New".</summary>
    [Id(0)] public required string Title { get; init; }

    /// <summary>The names of the columns, one per data set.</summary>
    [Id(1)] public required string[] Columns { get; init; }

    /// <summary>The rows, in the spec's order.</summary>
    [Id(2)] public required SectionRow[] Rows { get; init; }
}

/// <summary>The row of one arm in a section.</summary>
[GenerateSerializer, Immutable, Alias("SectionRow")]
public sealed record SectionRow
{
    /// <summary>The row's name.</summary>
    [Id(0)] public required string Label { get; init; }

    /// <summary>One cell per column.</summary>
    [Id(1)] public required SectionCell[] Cells { get; init; }

    /// <summary>
    /// The average over the section's columns, in percent, excluding the source data set that the arm was trained on. In a section of
    /// harmonic means, it is the harmonic mean of the averages of the other two sections. Null until all values are available.
    /// </summary>
    [Id(2)] public double? Average { get; init; }
}

/// <summary>One value of a section.</summary>
[GenerateSerializer, Immutable, Alias("SectionCell")]
public sealed record SectionCell
{
    /// <summary>The value in percent; null until it is available, and always null if <see cref="Refused"/> is true.</summary>
    [Id(0)] public double? Value { get; init; }

    /// <summary>The accuracies of the cell's runs; null for a harmonic mean, which is computed from means.</summary>
    [Id(1)] public Accuracy? Accuracy { get; init; }

    /// <summary>Whether all runs have finished.</summary>
    [Id(2)] public required bool Complete { get; init; }

    /// <summary>Whether the method cannot classify these classes, in which case the cell never gets a value.</summary>
    [Id(3)] public bool Refused { get; init; }
}
