namespace AdaptCluster.Contracts.Sweeps;

/// <summary>Options for submitting a sweep: its queue settings, and whether to reuse earlier results.</summary>
[GenerateSerializer, Immutable, Alias("SubmitOptions")]
public sealed record SubmitOptions
{
    /// <summary>The priority. Sweeps with a higher priority always go first. Default: 0.</summary>
    [Id(0)] public int Priority { get; init; }

    /// <summary>The maximum number of concurrent leases. Default: 0, no limit.</summary>
    [Id(1)] public int Parallel { get; init; }

    /// <summary>Whether to reuse results of identical jobs in earlier sweeps. Default: true.</summary>
    [Id(2)] public bool UseCache { get; init; } = true;

    /// <summary>
    /// The fraction of cached jobs, from 0 to 1, that run anyway so that their results can be compared with the cached results. Default: 0.
    /// </summary>
    [Id(3)] public double VerifyCache { get; init; }

    /// <summary>
    /// The pool that trains the sweep. Default: null, the control silo's own pool; a sweep that already exists stays in its pool.
    /// </summary>
    [Id(4)] public string? Pool { get; init; }

    /// <summary>The maximum length of <see cref="SubmittedBy"/>.</summary>
    public const int LongestSubmitter = 100;

    /// <summary>
    /// The name of the submitter, such as "ada@lab-3". The client sends it, and it is not verified. Default: null, unknown. Submitting a
    /// sweep again does not change it.
    /// </summary>
    [Id(5)] public string? SubmittedBy { get; init; }

    /// <summary>The earlier sweep that this sweep replaces after replanning. Default: null, none.</summary>
    [Id(6)] public string? Supersedes { get; init; }

    /// <summary>
    /// The pool of a new sweep if <see cref="Pool"/> is null, chosen by the control silo that planned the sweep. Default: null, the pool of
    /// the silo that hosts the sweep's grain.
    /// </summary>
    [Id(7)] public string? DefaultPool { get; init; }
}

/// <summary>A change to a sweep's queue settings. Null members change nothing.</summary>
[GenerateSerializer, Immutable, Alias("ShareChange")]
public sealed record ShareChange
{
    /// <summary>The new priority. Sweeps with a higher priority go first.</summary>
    [Id(0)] public int? Priority { get; init; }

    /// <summary>The new maximum number of concurrent leases; 0 for no limit.</summary>
    [Id(1)] public int? Parallel { get; init; }

    /// <summary>The pool that trains the sweep from now on. Packs that are training in another pool are handed back.</summary>
    [Id(2)] public string? Pool { get; init; }

    /// <summary>Whether the change would alter the queue settings of a sweep with the given status.</summary>
    public bool Changes(SweepStatus status) => (Priority ?? status.Priority, Parallel ?? status.Parallel, Pool ?? status.Pool)
        != (status.Priority, status.Parallel, status.Pool);
}

/// <summary>The jobs without a result that a retry requeues. Values are part of the wire contract.</summary>
public enum RetryScope
{
    /// <summary>Failed jobs only.</summary>
    Failed = 0,

    /// <summary>Failed and cancelled jobs.</summary>
    Missing = 1,
}
