
namespace AdaptCluster.Grains.Queue;

/// <summary>How leases live.</summary>
public sealed class QueueOptions
{
    /// <summary>How long a lease lasts without renewal. Default: 60 seconds.</summary>
    /// <remarks>
    /// Generous on purpose: a false death costs more than a late takeover, and a drained worker hands its lease back at once.
    /// </remarks>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a worker renews, and so hears of a pause or a cancellation. Default: 2 seconds.</summary>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a worker may renew its lease without any progress before the lease is taken back. Default: 10 minutes.</summary>
    /// <remarks>
    /// Progress is an iteration, an image, a batch of an evaluation, a file or a tensor that is read before the first iteration, or a call
    /// to the cluster that has no answer yet.
    /// </remarks>
    public TimeSpan StallAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a worker that was told to stop may take before its lease is taken back. Default: 60 seconds.</summary>
    public TimeSpan StopWithin { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The pool of sweeps that name none. Default: "cpu".</summary>
    public string Pool { get; set; } = "cpu";

    /// <summary>Pools that no silo serves but this one, under the name <see cref="Pool"/>. Default: none.</summary>
    public IReadOnlyCollection<string> OtherNames { get; set; } = [];

    /// <summary>The pool of a sweep by what the store has of it: empty, from silos of 0.1.0, for the one of this silo.</summary>
    internal string PoolOf(string stored) => stored.Length == 0 || OtherNames.Contains(stored) ? Pool : stored;

    /// <summary>Different jobs that must fail on a silo in a row before it is quarantined. Default: 3.</summary>
    public int QuarantineAfter { get; set; } = 3;

    /// <summary>How long the first quarantine lasts; each further one twice as long. Default: 10 minutes.</summary>
    public TimeSpan Quarantine { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a pack waits after its worker was lost or its jobs failed, so that a bad one does not spin; ten times as long after each
    /// further setback, up to <see cref="LongestRetryDelay"/>. Default: 1 second.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such wait. Default: 1 minute.</summary>
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a pack waits for its next try.</summary>
    /// <param name="setbacks">Times in a row that it had come back before.</param>
    internal TimeSpan DelayAfter(int setbacks)
    {
        var delay = RetryDelay * Math.Pow(10, Math.Min(setbacks, 6));
        return delay < LongestRetryDelay ? delay : LongestRetryDelay;
    }

    /// <summary>How long a pack whose jobs failed on a silo is left to other silos. Default: 2 minutes.</summary>
    public TimeSpan PreferOthersFor { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a pack that a silo cannot run is kept from that silo. Default: 10 minutes.</summary>
    public TimeSpan UnfitFor { get; set; } = TimeSpan.FromMinutes(10);
}
