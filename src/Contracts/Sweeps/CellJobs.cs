using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The jobs behind one complete cell of the table: of an adaptive arm, those of the settings that validation chose.</summary>
[GenerateSerializer, Immutable, Alias("CellJobs")]
public sealed record CellJobs
{
    /// <summary>The row's label.</summary>
    [Id(0)] public required string Row { get; init; }

    /// <summary>The data set.</summary>
    [Id(1)] public required string Dataset { get; init; }

    /// <summary>The jobs, one for each seed in the plan's order.</summary>
    [Id(2)] public required JobId[] Jobs { get; init; }

    /// <summary>Validation images that each of them classified right.</summary>
    [Id(3)] public required int[] ValidationCorrect { get; init; }
}
