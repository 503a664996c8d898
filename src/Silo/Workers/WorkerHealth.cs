using System.Collections.Concurrent;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Workers;

/// <summary>
/// The health of this silo's workers: whether they can continue, and whether the queue responds to them. If they cannot continue, the
/// command that embeds the silo fails and prints the reason.
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

    /// <summary>Completes with the first error that retries did not resolve.</summary>
    public Task<AdaptClusterException> Fault => _fault.Task;

    /// <summary>The end of this silo's quarantine; null if it is not quarantined.</summary>
    public DateTimeOffset? QuarantinedUntil =>
        new DateTimeOffset(Interlocked.Read(ref _quarantinedUntil), TimeSpan.Zero) is var until && until > time.GetUtcNow() ? until : null;

    /// <summary>Returns the number of workers that received a response from the queue within a given time span.</summary>
    public int HeardWithin(TimeSpan span) => _heard.Values.Count(heard => time.GetElapsedTime(heard) <= span);

    /// <summary>
    /// The reason why a worker's thread was abandoned; null if no thread has hung. Once this is set, no worker in this process takes more
    /// work.
    /// </summary>
    public string? Hung { get; private set; }

    /// <summary>
    /// Completes when a worker has hung and the other workers have finished their work. The process should then be restarted.
    /// </summary>
    public Task<AdaptClusterException> Abandoned => _abandoned.Task;

    /// <summary>Records that a worker's thread was abandoned.</summary>
    internal void Hang(string reason)
    {
        lock (_lock) Hung ??= reason;
        Report(new AdaptClusterException(reason));
    }

    /// <summary>Records that a worker has started.</summary>
    internal void Starts()
    {
        lock (_lock) _working++;
    }

    /// <summary>Records that a worker has stopped taking work.</summary>
    internal void Leaves()
    {
        lock (_lock)
            if (--_working == 0 && Hung is { } reason) _abandoned.TrySetResult(new AdaptClusterException(reason));
    }

    /// <summary>Records an error that the workers cannot recover from.</summary>
    internal void Report(AdaptClusterException fault) => _fault.TrySetResult(fault);

    /// <summary>Records that a worker has received a response from the queue.</summary>
    internal void RecordAnswer(string worker) => _heard[worker] = time.GetTimestamp();

    /// <summary>Records that this silo is quarantined.</summary>
    internal void Quarantine(DateTimeOffset until) => Interlocked.Exchange(ref _quarantinedUntil, until.UtcTicks);
}
