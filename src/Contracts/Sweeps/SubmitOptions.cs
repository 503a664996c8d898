namespace AdaptCluster.Contracts.Sweeps;

/// <summary>How a sweep is queued, and whether earlier results are reused.</summary>
[GenerateSerializer, Immutable, Alias("SubmitOptions")]
public sealed record SubmitOptions
{
    /// <summary>The priority. Sweeps with a higher priority always go first. Default: 0.</summary>
    [Id(0)] public int Priority { get; init; }

    /// <summary>The maximum number of leases at a time. Default: 0, no limit.</summary>
    [Id(1)] public int Parallel { get; init; }

    /// <summary>Whether results of identical jobs in earlier sweeps are reused. Default: true.</summary>
    [Id(2)] public bool UseCache { get; init; } = true;

    /// <summary>
    /// The fraction of the cached jobs, from 0 to 1, that run anyway and are compared with the earlier result. Default: 0.
    /// </summary>
    [Id(3)] public double VerifyCache { get; init; }

    /// <summary>
    /// The pool that trains it. Default: null, the control silo's own pool; a sweep that exists already stays in its pool.
    /// </summary>
    [Id(4)] public string? Pool { get; init; }

    /// <summary>The maximum length of <see cref="SubmittedBy"/>.</summary>
    public const int LongestSubmitter = 100;

    /// <summary>
    /// Who submits the sweep, such as "ada@lab-3". The client states it, and it is not verified. Default: null, unknown. Submitting a sweep
    /// again does not change it.
    /// </summary>
    [Id(5)] public string? SubmittedBy { get; init; }

    /// <summary>The sweep that this one replaces, after it was planned again. Default: null, none.</summary>
    [Id(6)] public string? Supersedes { get; init; }

    /// <summary>
    /// The pool of a new sweep whose submitter names none, chosen by the control silo that planned it. Default: null, the pool of the silo
    /// that hosts the sweep's grain.
    /// </summary>
    [Id(7)] public string? DefaultPool { get; init; }
}

/// <summary>A change of how a sweep is queued. Members that are null change nothing.</summary>
[GenerateSerializer, Immutable, Alias("ShareChange")]
public sealed record ShareChange
{
    /// <summary>The priority. Sweeps with a higher priority go first.</summary>
    [Id(0)] public int? Priority { get; init; }

    /// <summary>The maximum number of leases at a time; 0 for no limit.</summary>
    [Id(1)] public int? Parallel { get; init; }

    /// <summary>The pool that trains it from now on. Packs that train in another pool are handed back.</summary>
    [Id(2)] public string? Pool { get; init; }

    /// <summary>Whether a sweep with this status would be queued differently.</summary>
    public bool Changes(SweepStatus status) => (Priority ?? status.Priority, Parallel ?? status.Parallel, Pool ?? status.Pool)
        != (status.Priority, status.Parallel, status.Pool);
}

/// <summary>Which jobs without a result are queued again. Values are part of the wire contract.</summary>
public enum RetryScope
{
    /// <summary>Jobs that failed.</summary>
    Failed = 0,

    /// <summary>All jobs that neither wait nor train: failed or cancelled.</summary>
    Missing = 1,
}
