namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// A change of a sweep's name, note and tags. Members that are null or empty change nothing, except an empty <see cref="Note"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("LabelChange")]
public sealed record LabelChange
{
    /// <summary>The name that lists, tables and pages show. The id does not change.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>A note in one line; empty text removes the note.</summary>
    [Id(1)] public string? Note { get; init; }

    /// <summary>The tags to add.</summary>
    [Id(2)] public string[] Add { get; init; } = [];

    /// <summary>The tags to remove.</summary>
    [Id(3)] public string[] Remove { get; init; } = [];
}
