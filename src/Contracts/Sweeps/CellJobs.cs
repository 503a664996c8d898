using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// The jobs of one complete cell of the table. For an adaptive arm, these are the jobs with the settings selected by validation accuracy.
/// </summary>
[GenerateSerializer, Immutable, Alias("CellJobs")]
public sealed record CellJobs
{
    /// <summary>The row's label.</summary>
    [Id(0)] public required string Row { get; init; }

    /// <summary>The data set.</summary>
    [Id(1)] public required string Dataset { get; init; }

    /// <summary>The jobs, one per seed, in the plan's order.</summary>
    [Id(2)] public required JobId[] Jobs { get; init; }

    /// <summary>The number of validation images that each job classified correctly.</summary>
    [Id(3)] public required int[] ValidationCorrect { get; init; }
}
