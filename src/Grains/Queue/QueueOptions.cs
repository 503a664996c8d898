namespace AdaptCluster.Grains.Queue;

/// <summary>How leases live.</summary>
public sealed class QueueOptions
{
    /// <summary>How long a lease lasts without renewal. Default: 60 seconds.</summary>
    /// <remarks>Generous on purpose: a false death costs more than a late takeover, and a drained worker hands its lease back at once.</remarks>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a worker renews. Default: 5 seconds.</summary>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The pool that packs are offered to. Default: "cpu".</summary>
    public string Pool { get; set; } = "cpu";
}
