namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// A change to a sweep's name, note and tags. A null or empty member changes nothing, except that an empty <see cref="Note"/> removes the
/// note.
/// </summary>
[GenerateSerializer, Immutable, Alias("LabelChange")]
public sealed record LabelChange
{
    /// <summary>The new name, shown in lists, tables and pages. The sweep's id does not change.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>The new note, on one line; an empty string removes the note.</summary>
    [Id(1)] public string? Note { get; init; }

    /// <summary>The tags to add.</summary>
    [Id(2)] public string[] Add { get; init; } = [];

    /// <summary>The tags to remove.</summary>
    [Id(3)] public string[] Remove { get; init; } = [];
}
