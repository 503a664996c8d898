using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Contracts.Retention;

/// <summary>Deletes what nobody needs any more, one request at a time. Key: 0.</summary>
[Alias("IRetentionGrain")]
public interface IRetentionGrain : IGrainWithIntegerKey
{
    /// <summary>Deletes sweeps, or what they take beside their results, or says what it would delete.</summary>
    /// <param name="request">What is meant.</param>
    /// <exception cref="InvalidInputException">The sweep that is named is not there, or it runs.</exception>
    [Alias("Prune"), ResponseTimeout("00:10:00")]
    Task<PruneReport> PruneAsync(PruneRequest request);
}

/// <summary>What is to be deleted. What is null is not asked for.</summary>
[GenerateSerializer, Immutable, Alias("PruneRequest")]
public sealed record PruneRequest
{
    /// <summary>This sweep.</summary>
    [Id(0)] public SweepId? Sweep { get; init; }

    /// <summary>Sweeps that ended so long ago.</summary>
    [Id(1)] public TimeSpan? Older { get; init; }

    /// <summary>The oldest ended sweeps, until all sweeps together take no more than so many bytes.</summary>
    [Id(2)] public long? StoreBytes { get; init; }

    /// <summary>The checkpoints of jobs without a result in sweeps that ended so long ago; a retry begins these jobs anew.</summary>
    [Id(3)] public TimeSpan? CheckpointsOlder { get; init; }

    /// <summary>Whether sweeps keep their tables and results, and lose epochs, mask histories, prompts and checkpoints only.</summary>
    [Id(4)] public bool KeepResults { get; init; }

    /// <summary>Whether nothing is deleted, and only told what would be.</summary>
    [Id(5)] public bool DryRun { get; init; }

    /// <summary>The predictions of sweeps that ended so long ago.</summary>
    [Id(6)] public TimeSpan? PredictionsOlder { get; init; }

    /// <summary>The predictions of the sweeps that ended first, until all predictions together take no more than so many bytes.</summary>
    [Id(7)] public long? PredictionBytes { get; init; }
}

/// <summary>What was deleted, or would be.</summary>
[GenerateSerializer, Immutable, Alias("PruneReport")]
public sealed record PruneReport
{
    /// <summary>Most sweeps that <see cref="Kept"/> names.</summary>
    public const int MostKept = 100;

    /// <summary>Whether nothing was deleted, and this is what would be.</summary>
    [Id(0)] public required bool DryRun { get; init; }

    /// <summary>Whether the sweeps keep their results.</summary>
    [Id(1)] public required bool KeepResults { get; init; }

    /// <summary>The sweeps, the one that was submitted first first.</summary>
    [Id(2)] public required PrunedSweep[] Sweeps { get; init; }

    /// <summary>Sweeps that are old enough and stay, with the reason.</summary>
    [Id(3)] public required KeptSweep[] Kept { get; init; }

    /// <summary>Checkpoints of sweeps that stay.</summary>
    [Id(4)] public int Checkpoints { get; init; }

    /// <summary>About how many bytes all that frees.</summary>
    [Id(5)] public required long Bytes { get; init; }

    /// <summary>About how many bytes all sweeps took before; 0 where only predictions were meant.</summary>
    [Id(6)] public required long StoreBytes { get; init; }

    /// <summary>Sweeps that stay and lost their predictions.</summary>
    [Id(7)] public int Predictions { get; init; }
}

/// <summary>A sweep that was deleted, or would be.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Where it stood.</param>
/// <param name="Ended">When it ended; null where it was interrupted.</param>
/// <param name="Jobs">Its jobs.</param>
/// <param name="Bytes">About how many bytes that frees.</param>
/// <param name="Answered">Jobs of other sweeps that took their results from it; these keep them.</param>
[GenerateSerializer, Immutable, Alias("PrunedSweep")]
public sealed record PrunedSweep([property: Id(0)] string Id, [property: Id(1)] SweepState State, [property: Id(2)] DateTimeOffset? Ended,
    [property: Id(3)] int Jobs, [property: Id(4)] long Bytes, [property: Id(5)] int Answered);

/// <summary>A sweep that stays.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Why">Why, in words.</param>
[GenerateSerializer, Immutable, Alias("KeptSweep")]
public sealed record KeptSweep([property: Id(0)] string Id, [property: Id(1)] string Why);
