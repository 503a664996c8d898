namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// A table of an evaluation protocol: the rows of the sweep evaluated on one kind of images, such as the classes that nothing was trained
/// on.
/// </summary>
[GenerateSerializer, Immutable, Alias("ResultSection")]
public sealed record ResultSection
{
    /// <summary>Its name, such as "New".</summary>
    [Id(0)] public required string Title { get; init; }

    /// <summary>The columns: data sets.</summary>
    [Id(1)] public required string[] Columns { get; init; }

    /// <summary>The rows, in the spec's order.</summary>
    [Id(2)] public required SectionRow[] Rows { get; init; }
}

/// <summary>One arm in a section.</summary>
[GenerateSerializer, Immutable, Alias("SectionRow")]
public sealed record SectionRow
{
    /// <summary>The row's name.</summary>
    [Id(0)] public required string Label { get; init; }

    /// <summary>One cell per column.</summary>
    [Id(1)] public required SectionCell[] Cells { get; init; }

    /// <summary>
    /// The average over the section's columns, without a source data set that was trained on, in percent: the mean or, in a section of
    /// harmonic means, the harmonic mean of the two averages. Null until all values are there.
    /// </summary>
    [Id(2)] public double? Average { get; init; }
}

/// <summary>One value of a section.</summary>
[GenerateSerializer, Immutable, Alias("SectionCell")]
public sealed record SectionCell
{
    /// <summary>The value in percent; null until it is there, and always null if <see cref="Refused"/>.</summary>
    [Id(0)] public double? Value { get; init; }

    /// <summary>The accuracies of its runs; null for a harmonic mean, which is computed from means.</summary>
    [Id(1)] public Accuracy? Accuracy { get; init; }

    /// <summary>Whether all runs are there.</summary>
    [Id(2)] public required bool Complete { get; init; }

    /// <summary>Whether the method cannot classify these classes, so that there will never be a value.</summary>
    [Id(3)] public bool Refused { get; init; }
}
