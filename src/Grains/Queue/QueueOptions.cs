
namespace AdaptCluster.Grains.Queue;

/// <summary>The options of the queue: lease times, pools, quarantine and retries.</summary>
public sealed class QueueOptions
{
    /// <summary>How long a lease lasts without renewal. Default: 60 seconds.</summary>
    /// <remarks>
    /// Deliberately generous: a worker wrongly taken for dead costs more than a late takeover, and a drained worker hands its lease back
    /// at once.
    /// </remarks>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a worker renews its lease and so learns of a pause or a cancellation. Default: 2 seconds.</summary>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a worker may renew its lease without progress before the lease is taken back. Default: 10 minutes.</summary>
    /// <remarks>
    /// Progress is an iteration, an image, an evaluation batch, a file or tensor read before the first iteration, or a call to the
    /// cluster that is still unanswered.
    /// </remarks>
    public TimeSpan StallAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a worker that was told to stop may take before its lease is taken back. Default: 60 seconds.</summary>
    public TimeSpan StopWithin { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The pool of sweeps that name no pool. Default: "cpu".</summary>
    public string Pool { get; set; } = "cpu";

    /// <summary>Names of pools that only this silo serves, as aliases of <see cref="Pool"/>. Default: none.</summary>
    public IReadOnlyCollection<string> OtherNames { get; set; } = [];

    /// <summary>
    /// Returns a sweep's pool from its stored name. The name is empty in rows of silos of 0.1.0, which means this silo's pool.
    /// </summary>
    internal string PoolOf(string stored) => stored.Length == 0 || OtherNames.Contains(stored) ? Pool : stored;

    /// <summary>How many different jobs in a row must fail on a silo before it is quarantined. Default: 3.</summary>
    public int QuarantineAfter { get; set; } = 3;

    /// <summary>How long the first quarantine lasts; each further one lasts twice as long. Default: 10 minutes.</summary>
    public TimeSpan Quarantine { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a pack waits after its worker was lost or its jobs failed, so that a bad pack is not retried in a tight loop. The wait
    /// grows tenfold with each further setback, up to <see cref="LongestRetryDelay"/>. Default: 1 second.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The upper bound of <c>RetryDelay</c> as it grows. Default: 1 minute.</summary>
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Returns how long a pack waits before its next try.</summary>
    /// <param name="setbacks">The number of consecutive setbacks before this one.</param>
    internal TimeSpan DelayAfter(int setbacks)
    {
        var delay = RetryDelay * Math.Pow(10, Math.Min(setbacks, 6));
        return delay < LongestRetryDelay ? delay : LongestRetryDelay;
    }

    /// <summary>How long a pack whose jobs failed on a silo is offered to other silos first. Default: 2 minutes.</summary>
    public TimeSpan PreferOthersFor { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a silo that cannot run a pack is not offered it again. Default: 10 minutes.</summary>
    public TimeSpan UnfitFor { get; set; } = TimeSpan.FromMinutes(10);
}
