
namespace AdaptCluster.Grains.Queue;

/// <summary>The options for the queue: lease times, pools, quarantine and retries.</summary>
public sealed class QueueOptions
{
    /// <summary>The time after which a lease that is not renewed is taken back. Default: 60 seconds.</summary>
    /// <remarks>
    /// The default is generous. Declaring a live worker dead costs more than a late takeover, and a drained worker hands its lease back at
    /// once.
    /// </remarks>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The interval at which a worker renews its lease. The response to a renewal tells the worker about a pause or a cancellation.
    /// Default: 2 seconds.
    /// </summary>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The time after which a lease that is renewed without progress is taken back. Default: 10 minutes.</summary>
    /// <remarks>
    /// Progress is an iteration, an image, an evaluation batch, a file or tensor that is read before the first iteration, or a pending call
    /// to the cluster.
    /// </remarks>
    public TimeSpan StallAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The time within which a worker that was told to stop must hand back its lease; after that the lease is taken back. Default: 60
    /// seconds.
    /// </summary>
    public TimeSpan StopWithin { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The pool for sweeps that do not specify a pool. Default: "cpu".</summary>
    public string Pool { get; set; } = "cpu";

    /// <summary>
    /// Additional pool names that are treated as aliases of <see cref="Pool"/>; only this silo serves them. Default: none.
    /// </summary>
    public IReadOnlyCollection<string> OtherNames { get; set; } = [];

    /// <summary>
    /// Returns the pool for a stored pool name. Silos of version 0.1.0 stored an empty name, which means this silo's pool.
    /// </summary>
    internal string PoolOf(string stored) => stored.Length == 0 || OtherNames.Contains(stored) ? Pool : stored;

    /// <summary>The number of different jobs that must fail on a silo in a row before it is quarantined. Default: 3.</summary>
    public int QuarantineAfter { get; set; } = 3;

    /// <summary>
    /// The duration of a silo's first quarantine. Each subsequent quarantine lasts twice as long as the previous one. Default: 10 minutes.
    /// </summary>
    public TimeSpan Quarantine { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The delay before a pack is retried after its worker was lost or its jobs failed. It keeps a bad pack from being retried in a tight
    /// loop. The delay grows tenfold with each subsequent setback, up to <see cref="LongestRetryDelay"/>. Default: 1 second.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The upper bound of the growing retry delay. Default: 1 minute.</summary>
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Returns the delay before a pack is retried.</summary>
    /// <param name="setbacks">The number of consecutive setbacks before this one.</param>
    internal TimeSpan DelayAfter(int setbacks)
    {
        var delay = RetryDelay * Math.Pow(10, Math.Min(setbacks, 6));
        return delay < LongestRetryDelay ? delay : LongestRetryDelay;
    }

    /// <summary>The time during which other silos are preferred for a pack after its jobs failed on a silo. Default: 2 minutes.</summary>
    public TimeSpan PreferOthersFor { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The time before a pack is offered again to a silo that could not run it. Default: 10 minutes.</summary>
    public TimeSpan UnfitFor { get; set; } = TimeSpan.FromMinutes(10);
}
