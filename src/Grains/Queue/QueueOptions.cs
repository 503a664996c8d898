namespace AdaptCluster.Grains.Queue;

/// <summary>How leases live.</summary>
public sealed class QueueOptions
{
    /// <summary>How long a lease lasts without renewal. Default: 60 seconds.</summary>
    /// <remarks>Generous on purpose: a false death costs more than a late takeover, and a drained worker hands its lease back at once.</remarks>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a worker renews, and so hears of a pause or a cancellation. Default: 2 seconds.</summary>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The pool whose queue sweeps go to. Default: "cpu".</summary>
    public string Pool { get; set; } = "cpu";

    /// <summary>The pool of a sweep by what the store has of it: empty for the one of this silo.</summary>
    internal string PoolOf(string stored) => stored.Length > 0 ? stored : Pool;

    /// <summary>Different jobs that must fail on a silo in a row before it is quarantined. Default: 3.</summary>
    public int QuarantineAfter { get; set; } = 3;

    /// <summary>How long the first quarantine lasts; each further one twice as long. Default: 10 minutes.</summary>
    public TimeSpan Quarantine { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a pack waits after its worker was lost or its jobs failed, so that a bad one does not spin. Default: 1 second.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);
}
