namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// A table of a protocol: the rows of the sweep over the images of one kind, such as the classes that nothing was trained on.
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
    /// Over the section's columns but a source that was trained on, in percent: the mean, and of harmonic means that of the two averages.
    /// Null until all are there.
    /// </summary>
    [Id(2)] public double? Average { get; init; }
}

/// <summary>One number of a section.</summary>
[GenerateSerializer, Immutable, Alias("SectionCell")]
public sealed record SectionCell
{
    /// <summary>In percent; null until it is there, and for ever where it is <see cref="Refused"/>.</summary>
    [Id(0)] public double? Value { get; init; }

    /// <summary>The runs behind it; null for a harmonic mean, which is one of means.</summary>
    [Id(1)] public Accuracy? Accuracy { get; init; }

    /// <summary>Whether all runs are there.</summary>
    [Id(2)] public required bool Complete { get; init; }

    /// <summary>Whether the method cannot classify these classes, so that no number will come.</summary>
    [Id(3)] public bool Refused { get; init; }
}
