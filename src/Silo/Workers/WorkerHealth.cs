using System.Collections.Concurrent;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Workers;

/// <summary>
/// How this silo's workers fare: whether they can go on, so that an embedded silo's command can end with the reason, and whether they hear
/// from the queue.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class WorkerHealth(TimeProvider time)
{
    private readonly TaskCompletionSource<AdaptClusterException> _fault = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, long> _heard = new();
    private readonly TaskCompletionSource<AdaptClusterException> _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private long _quarantinedUntil;
    private int _working;

    /// <summary>Ends with the first fault that no retry cured.</summary>
    public Task<AdaptClusterException> Fault => _fault.Task;

    /// <summary>Until when the queue gives this silo nothing; null when it may work.</summary>
    public DateTimeOffset? QuarantinedUntil =>
        new DateTimeOffset(Interlocked.Read(ref _quarantinedUntil), TimeSpan.Zero) is var until && until > time.GetUtcNow() ? until : null;

    /// <summary>How many workers have heard from the queue in the last while.</summary>
    public int HeardWithin(TimeSpan span) => _heard.Values.Count(heard => time.GetElapsedTime(heard) <= span);

    /// <summary>Why a worker's thread is given up on; null while none hangs. No worker of this process takes more work then.</summary>
    public string? Hung { get; private set; }

    /// <summary>Ends when a worker hangs and no other one has work any more: the process should end, and be started again.</summary>
    public Task<AdaptClusterException> Abandoned => _abandoned.Task;

    /// <summary>A worker's thread is given up on.</summary>
    internal void Hang(string reason)
    {
        lock (_lock) Hung ??= reason;
        Report(new AdaptClusterException(reason));
    }

    /// <summary>A worker begins.</summary>
    internal void Starts()
    {
        lock (_lock) _working++;
    }

    /// <summary>A worker takes no more work.</summary>
    internal void Leaves()
    {
        lock (_lock)
            if (--_working == 0 && Hung is { } reason) _abandoned.TrySetResult(new AdaptClusterException(reason));
    }

    /// <summary>Notes a fault.</summary>
    internal void Report(AdaptClusterException fault) => _fault.TrySetResult(fault);

    /// <summary>Notes that the queue has answered a worker.</summary>
    internal void Hear(string worker) => _heard[worker] = time.GetTimestamp();

    /// <summary>Notes that the queue gives this silo nothing for a time.</summary>
    internal void Quarantine(DateTimeOffset until) => Interlocked.Exchange(ref _quarantinedUntil, until.UtcTicks);
}
