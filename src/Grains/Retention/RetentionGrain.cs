using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Retention;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Audit;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Retention;

/// <summary>
/// Deletes sweeps, one request at a time. It chooses among the stored sweeps and calls the grain of each chosen sweep, which deletes the
/// sweep unless it is running.
/// </summary>
[GrainType("retention"), ControlSilo(1)]
internal sealed partial class RetentionGrain(SweepStore store, TimeProvider time, AuditLog audit, ILogger<RetentionGrain> logger)
    : Grain, IRetentionGrain
{
    public async Task<PruneReport> PruneAsync(PruneRequest request)
    {
        if (!request.DryRun) await audit.RefuseReadersAsync(request.Sweep, AuditAction.Delete);
        var now = time.GetUtcNow();
        // Computing the sizes of all sweeps takes seconds in a large store, and a request that only deletes predictions does not need them.
        var sweeps = request is { Sweep: null, Older: null, StoreBytes: null, CheckpointsOlder: null } ? []
            : await store.Sizes.ReadAsync(request.Sweep);
        if (request.Sweep is { } named && sweeps.Count == 0) throw SweepReader.Missing(named.Value);
        var choice = RetentionChoice.Of(sweeps, request, now);
        var (deleted, kept) = (new List<SweepSize>(), choice.Keep.ToList());
        foreach (var sweep in choice.Delete)
        {
            if (request.DryRun || await DeleteAsync(sweep, request, kept)) deleted.Add(sweep);
        }
        // The checkpoints of deleted sweeps are already gone.
        var stay = sweeps.Except(deleted).Where(sweep => IsStale(sweep, request.CheckpointsOlder, now)).ToArray();
        var checkpoints = stay.Sum(sweep => sweep.Checkpoints);
        if (!request.DryRun && checkpoints > 0)
        {
            await audit.AllowAsync(null, AuditAction.Delete, changes: true, $"{CountText.Of(checkpoints, "checkpoint")} of ended sweeps");
            checkpoints = await store.Removal.DropCheckpointsAsync((now - request.CheckpointsOlder!.Value).ToUnixTimeMilliseconds());
        }
        var due = await store.Predictions.DueAsync(request.PredictionsOlder, request.PredictionBytes);
        if (!request.DryRun && due.Count > 0)
        {
            await audit.AllowAsync(null, AuditAction.Delete, changes: true, $"the predictions of {CountText.Of(due.Count, "sweep")}");
            await store.Predictions.DropAsync(due);
            await store.Removal.CollectAsync();
        }
        if (!request.DryRun && deleted.Count + checkpoints > 0) await ReclaimAsync();
        return new PruneReport
        {
            DryRun = request.DryRun,
            KeepResults = request.KeepResults,
            Sweeps = [.. deleted.Select(sweep => new PrunedSweep(sweep.Id.Value, sweep.State,
                sweep.EndedMs is { } ended ? DateTimeOffset.FromUnixTimeMilliseconds(ended) : null, sweep.Jobs,
                RetentionChoice.Freed(sweep, request.KeepResults), sweep.Answered))],
            Kept = [.. kept],
            Checkpoints = checkpoints,
            Bytes = deleted.Sum(sweep => RetentionChoice.Freed(sweep, request.KeepResults))
                + (checkpoints > 0 ? stay.Sum(sweep => sweep.CheckpointBytes) : 0),
            StoreBytes = sweeps.Sum(sweep => sweep.Bytes),
            Predictions = due.Count,
        };
    }

    private static bool IsStale(SweepSize sweep, TimeSpan? age, DateTimeOffset now) =>
        age is { } span && sweep is { Checkpoints: > 0, EndedMs: { } ended } && ended <= (now - span).ToUnixTimeMilliseconds();

    /// <summary>
    /// Deletes a sweep. If the sweep has started to run again, it is kept. If the request names that sweep, the call fails instead.
    /// </summary>
    /// <returns>Whether the sweep was deleted.</returns>
    private async Task<bool> DeleteAsync(SweepSize sweep, PruneRequest request, List<KeptSweep> kept)
    {
        try
        {
            await GrainFactory.GetGrain<ISweepGrain>(sweep.Id.Value).DeleteAsync(request.KeepResults);
        }
        // A sweep that cannot be read, such as a sweep of a later version, does not stop the deletion of other sweeps.
        catch (AdaptClusterException e) when (request.Sweep is null && e is not StoreException)
        {
            kept.Add(new KeptSweep(sweep.Id.Value, e.Message));
            return false;
        }
        // The sweep's grain writes the caller's name to the audit log.
        if (request.KeepResults) LogReduced(sweep.Id, sweep.Heavy);
        else LogDeleted(sweep.Id, sweep.Bytes);
        return true;
    }

    /// <summary>Frees the space of deleted rows. If that fails, it is tried again after the next deletion.</summary>
    private async Task ReclaimAsync()
    {
        try
        {
            await store.Removal.CollectAsync();
            if (await store.Removal.CompactAsync() is > 0 and var bytes) LogCompacted(bytes);
        }
        catch (StoreException e)
        {
            LogNotReclaimed(ReasonText.Of(e));
        }
    }

    [LoggerMessage(LogLevel.Information, "Deleted sweep {Sweep} (about {Bytes} bytes)")]
    private partial void LogDeleted(SweepId sweep, long bytes);

    [LoggerMessage(LogLevel.Information, "Deleted about {Bytes} bytes of sweep {Sweep}; its results are kept")]
    private partial void LogReduced(SweepId sweep, long bytes);

    [LoggerMessage(LogLevel.Information, "Compacted the store's file; it is now {Bytes} bytes smaller")]
    private partial void LogCompacted(long bytes);

    [LoggerMessage(
        LogLevel.Warning, "Could not free the space of deleted sweeps in the store ({Reason}); retrying after the next deletion")]
    private partial void LogNotReclaimed(string reason);
}
