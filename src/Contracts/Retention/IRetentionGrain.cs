using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Contracts.Retention;

/// <summary>Deletes data that is no longer needed, one request at a time. Key: 0.</summary>
[Alias("IRetentionGrain")]
public interface IRetentionGrain : IGrainWithIntegerKey
{
    /// <summary>Deletes sweeps, or what they store in addition to their results, or reports what would be deleted.</summary>
    /// <param name="request">What to delete.</param>
    /// <exception cref="InvalidInputException">The named sweep does not exist or is running.</exception>
    [Alias("Prune"), ResponseTimeout("00:10:00")]
    Task<PruneReport> PruneAsync(PruneRequest request);
}

/// <summary>What to delete. Members that are null select nothing.</summary>
[GenerateSerializer, Immutable, Alias("PruneRequest")]
public sealed record PruneRequest
{
    /// <summary>Deletes this sweep.</summary>
    [Id(0)] public SweepId? Sweep { get; init; }

    /// <summary>Deletes sweeps that ended at least this long ago.</summary>
    [Id(1)] public TimeSpan? Older { get; init; }

    /// <summary>Deletes the oldest ended sweeps until all sweeps together take at most this many bytes.</summary>
    [Id(2)] public long? StoreBytes { get; init; }

    /// <summary>
    /// Deletes the checkpoints of jobs without a result in sweeps that ended at least this long ago. A retry starts these jobs from
    /// scratch.
    /// </summary>
    [Id(3)] public TimeSpan? CheckpointsOlder { get; init; }

    /// <summary>Whether sweeps keep their tables and results, and lose only epochs, mask histories, prompts and checkpoints.</summary>
    [Id(4)] public bool KeepResults { get; init; }

    /// <summary>Whether this is a dry run: nothing is deleted, and the report lists what would be.</summary>
    [Id(5)] public bool DryRun { get; init; }

    /// <summary>Deletes the predictions of sweeps that ended at least this long ago.</summary>
    [Id(6)] public TimeSpan? PredictionsOlder { get; init; }

    /// <summary>
    /// Deletes the predictions of the sweeps that ended first until all predictions together take at most this many bytes.
    /// </summary>
    [Id(7)] public long? PredictionBytes { get; init; }
}

/// <summary>What was deleted, or would be.</summary>
[GenerateSerializer, Immutable, Alias("PruneReport")]
public sealed record PruneReport
{
    /// <summary>The maximum number of sweeps in <see cref="Kept"/>.</summary>
    public const int MostKept = 100;

    /// <summary>Whether nothing was deleted and the report says what would be.</summary>
    [Id(0)] public required bool DryRun { get; init; }

    /// <summary>Whether the sweeps keep their results.</summary>
    [Id(1)] public required bool KeepResults { get; init; }

    /// <summary>The sweeps, in the order of submission.</summary>
    [Id(2)] public required PrunedSweep[] Sweeps { get; init; }

    /// <summary>Sweeps that are old enough but are kept, with the reason.</summary>
    [Id(3)] public required KeptSweep[] Kept { get; init; }

    /// <summary>The number of checkpoints deleted from sweeps that are kept.</summary>
    [Id(4)] public int Checkpoints { get; init; }

    /// <summary>The approximate number of bytes freed in total.</summary>
    [Id(5)] public required long Bytes { get; init; }

    /// <summary>The approximate number of bytes that all sweeps took before; 0 if the request was only about predictions.</summary>
    [Id(6)] public required long StoreBytes { get; init; }

    /// <summary>The number of sweeps that are kept but lost their predictions.</summary>
    [Id(7)] public int Predictions { get; init; }
}

/// <summary>A sweep that was deleted, or would be.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Its state.</param>
/// <param name="Ended">When it ended; null if it was interrupted.</param>
/// <param name="Jobs">The number of its jobs.</param>
/// <param name="Bytes">The approximate number of bytes freed.</param>
/// <param name="Answered">The number of jobs of other sweeps that reused results of this one; they keep them.</param>
[GenerateSerializer, Immutable, Alias("PrunedSweep")]
public sealed record PrunedSweep([property: Id(0)] string Id, [property: Id(1)] SweepState State, [property: Id(2)] DateTimeOffset? Ended,
    [property: Id(3)] int Jobs, [property: Id(4)] long Bytes, [property: Id(5)] int Answered);

/// <summary>A sweep that is kept.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Why">The reason, in words.</param>
[GenerateSerializer, Immutable, Alias("KeptSweep")]
public sealed record KeptSweep([property: Id(0)] string Id, [property: Id(1)] string Why);
