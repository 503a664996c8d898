namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A change of what people call a sweep and note of it; what is null or empty stays.</summary>
[GenerateSerializer, Immutable, Alias("LabelChange")]
public sealed record LabelChange
{
    /// <summary>The name that lists, tables and pages show. The id stays as it is.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>A line about it; an empty text takes the note away.</summary>
    [Id(1)] public string? Note { get; init; }

    /// <summary>Tags that it gets.</summary>
    [Id(2)] public string[] Add { get; init; } = [];

    /// <summary>Tags that it loses.</summary>
    [Id(3)] public string[] Remove { get; init; } = [];
}
