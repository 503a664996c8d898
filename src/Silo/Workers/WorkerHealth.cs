using System.Collections.Concurrent;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Workers;

/// <summary>How this silo's workers fare: whether they can go on, so that an embedded silo's command can end with the reason, and whether they hear from the queue.</summary>
/// <param name="time">The clock.</param>
public sealed class WorkerHealth(TimeProvider time)
{
    private readonly TaskCompletionSource<AdaptClusterException> _fault = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, long> _heard = new();
    private long _quarantinedUntil;

    /// <summary>Ends with the first fault that no retry cured.</summary>
    public Task<AdaptClusterException> Fault => _fault.Task;

    /// <summary>Until when the queue gives this silo nothing; null when it may work.</summary>
    public DateTimeOffset? QuarantinedUntil =>
        new DateTimeOffset(Interlocked.Read(ref _quarantinedUntil), TimeSpan.Zero) is var until && until > time.GetUtcNow() ? until : null;

    /// <summary>How many workers have heard from the queue in the last while.</summary>
    public int HeardWithin(TimeSpan span) => _heard.Values.Count(heard => time.GetElapsedTime(heard) <= span);

    /// <summary>Notes a fault.</summary>
    internal void Report(AdaptClusterException fault) => _fault.TrySetResult(fault);

    /// <summary>Notes that the queue has answered a worker.</summary>
    internal void Hear(string worker) => _heard[worker] = time.GetTimestamp();

    /// <summary>Notes that the queue gives this silo nothing for a time.</summary>
    internal void Quarantine(DateTimeOffset until) => Interlocked.Exchange(ref _quarantinedUntil, until.UtcTicks);
}
