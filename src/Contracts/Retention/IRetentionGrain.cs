using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Contracts.Retention;

/// <summary>Deletes data that is no longer needed, one request at a time. The grain key is 0.</summary>
[Alias("IRetentionGrain")]
public interface IRetentionGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Deletes sweeps, or the data that they store in addition to their results. A dry run only reports what would be deleted.
    /// </summary>
    /// <param name="request">The data to delete.</param>
    /// <exception cref="InvalidInputException">The named sweep does not exist or is running.</exception>
    [Alias("Prune"), ResponseTimeout("00:10:00")]
    Task<PruneReport> PruneAsync(PruneRequest request);
}

/// <summary>The data to delete. Null members select nothing.</summary>
[GenerateSerializer, Immutable, Alias("PruneRequest")]
public sealed record PruneRequest
{
    /// <summary>The sweep to delete.</summary>
    [Id(0)] public SweepId? Sweep { get; init; }

    /// <summary>The minimum age of the sweeps to delete, counted from the sweep's end.</summary>
    [Id(1)] public TimeSpan? Older { get; init; }

    /// <summary>The target size of all sweeps together, in bytes. The oldest ended sweeps are deleted until it is reached.</summary>
    [Id(2)] public long? StoreBytes { get; init; }

    /// <summary>
    /// The minimum age of the sweeps whose checkpoints are deleted, counted from the sweep's end. A retry then starts the jobs without a
    /// result from scratch.
    /// </summary>
    [Id(3)] public TimeSpan? CheckpointsOlder { get; init; }

    /// <summary>
    /// Whether to keep the tables and results of the sweeps and delete only epochs, mask histories, prompts and checkpoints.
    /// </summary>
    [Id(4)] public bool KeepResults { get; init; }

    /// <summary>Whether to delete nothing and only report what would be deleted.</summary>
    [Id(5)] public bool DryRun { get; init; }

    /// <summary>The minimum age of the sweeps whose predictions are deleted, counted from the sweep's end.</summary>
    [Id(6)] public TimeSpan? PredictionsOlder { get; init; }

    /// <summary>
    /// The target size of all predictions together, in bytes. The predictions of the sweeps that ended first are deleted until it is
    /// reached.
    /// </summary>
    [Id(7)] public long? PredictionBytes { get; init; }
}

/// <summary>The data that was deleted, or that a dry run would delete.</summary>
[GenerateSerializer, Immutable, Alias("PruneReport")]
public sealed record PruneReport
{
    /// <summary>The maximum number of sweeps in <see cref="Kept"/>.</summary>
    public const int MostKept = 100;

    /// <summary>Whether the report is for a dry run, which deletes nothing.</summary>
    [Id(0)] public required bool DryRun { get; init; }

    /// <summary>Whether the tables and results of the sweeps are kept.</summary>
    [Id(1)] public required bool KeepResults { get; init; }

    /// <summary>The deleted sweeps, in the order of submission.</summary>
    [Id(2)] public required PrunedSweep[] Sweeps { get; init; }

    /// <summary>Sweeps that are old enough to be deleted but are kept, each with the reason.</summary>
    [Id(3)] public required KeptSweep[] Kept { get; init; }

    /// <summary>The number of checkpoints deleted from sweeps that are otherwise kept.</summary>
    [Id(4)] public int Checkpoints { get; init; }

    /// <summary>The approximate number of bytes freed in total.</summary>
    [Id(5)] public required long Bytes { get; init; }

    /// <summary>
    /// The approximate number of bytes that all sweeps used before the request; 0 if the request concerned only predictions.
    /// </summary>
    [Id(6)] public required long StoreBytes { get; init; }

    /// <summary>The number of sweeps that are kept but whose predictions were deleted.</summary>
    [Id(7)] public int Predictions { get; init; }
}

/// <summary>A sweep that was deleted, or that a dry run would delete.</summary>
/// <param name="Id">The sweep's id.</param>
/// <param name="State">The sweep's state.</param>
/// <param name="Ended">The time when the sweep ended; null if it was interrupted.</param>
/// <param name="Jobs">The number of jobs in the sweep.</param>
/// <param name="Bytes">The approximate number of bytes freed.</param>
/// <param name="Answered">The number of jobs of other sweeps that reused this sweep's results. These jobs keep the results.</param>
[GenerateSerializer, Immutable, Alias("PrunedSweep")]
public sealed record PrunedSweep([property: Id(0)] string Id, [property: Id(1)] SweepState State, [property: Id(2)] DateTimeOffset? Ended,
    [property: Id(3)] int Jobs, [property: Id(4)] long Bytes, [property: Id(5)] int Answered);

/// <summary>A sweep that is kept.</summary>
/// <param name="Id">The sweep's id.</param>
/// <param name="Why">A description of the reason.</param>
[GenerateSerializer, Immutable, Alias("KeptSweep")]
public sealed record KeptSweep([property: Id(0)] string Id, [property: Id(1)] string Why);
