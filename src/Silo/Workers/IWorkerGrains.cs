using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using Orleans.Runtime.MembershipService.SiloMetadata;
using SiloStatus = Orleans.Runtime.SiloStatus;

namespace AdaptCluster.Silo.Workers;

/// <summary>The grains that a worker calls. Tests replace this interface to make calls fail.</summary>
internal interface IWorkerGrains
{
    /// <summary>Returns the queue of a pool.</summary>
    IQueueGrain Queue(string pool);

    /// <summary>Returns the grain of a sweep.</summary>
    ISweepGrain Sweep(SweepId id);

    /// <summary>Waits until a silo that hosts grains is available.</summary>
    /// <param name="stopping">Cancels the wait.</param>
    Task ReadyAsync(CancellationToken stopping) => Task.CompletedTask;
}

/// <summary>
/// The cluster's grains. A silo that only trains can start before any control silo, or keep running after all of them have stopped. Its
/// workers then wait, because every call would fail and Orleans would log each failure with a stack trace.
/// </summary>
internal sealed partial class WorkerGrains(
    IGrainFactory grains, IClusterMembershipService membership, ISiloMetadataCache metadata, TimeProvider time,
    ILogger<WorkerGrains> logger)
    : IWorkerGrains
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private int _waiting;

    public IQueueGrain Queue(string pool) => grains.GetGrain<IQueueGrain>(pool);

    public ISweepGrain Sweep(SweepId id) => grains.GetGrain<ISweepGrain>(id.Value);

    public async Task ReadyAsync(CancellationToken stopping)
    {
        if (HasControl) return;
        // All workers of the silo wait, and one of them logs the wait.
        var first = Interlocked.Exchange(ref _waiting, 1) == 0;
        if (first) LogWaits();
        var started = time.GetTimestamp();
        while (!HasControl) await Task.Delay(LookEvery, time, stopping);
        if (first) LogReady(time.GetElapsedTime(started).TotalSeconds);
        Interlocked.Exchange(ref _waiting, 0);
    }

    private bool HasControl => membership.CurrentSnapshot.Members.Values.Any(member => member.Status == SiloStatus.Active
        && metadata.GetSiloMetadata(member.SiloAddress).Metadata.TryGetValue(SiloMetadataKeys.Role, out var role)
        && role != SiloMetadataKeys.GpuRole);

    [LoggerMessage(LogLevel.Information, "The cluster has no control silo; this silo's workers wait until one joins")]
    private partial void LogWaits();

    [LoggerMessage(LogLevel.Information, "A control silo joined after {Seconds:0.#} s; this silo's workers now ask for packs")]
    private partial void LogReady(double seconds);
}
