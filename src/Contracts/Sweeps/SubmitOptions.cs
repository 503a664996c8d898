namespace AdaptCluster.Contracts.Sweeps;

/// <summary>How a sweep is queued, and whether earlier results count.</summary>
[GenerateSerializer, Immutable, Alias("SubmitOptions")]
public sealed record SubmitOptions
{
    /// <summary>Higher goes first, whatever else waits. Default: 0.</summary>
    [Id(0)] public int Priority { get; init; }

    /// <summary>Most leases at a time. Default: 0, no limit.</summary>
    [Id(1)] public int Parallel { get; init; }

    /// <summary>Whether results of identical jobs in earlier sweeps answer this one's. Default: true.</summary>
    [Id(2)] public bool UseCache { get; init; } = true;

    /// <summary>Share of the cached jobs, 0 to 1, that run all the same and are compared with the earlier result. Default: 0.</summary>
    [Id(3)] public double VerifyCache { get; init; }

    /// <summary>The pool that trains it. Default: null, the control silo's own; a sweep that is there already stays where it is.</summary>
    [Id(4)] public string? Pool { get; init; }

    /// <summary>Longest text of <see cref="SubmittedBy"/>.</summary>
    public const int LongestSubmitter = 100;

    /// <summary>
    /// Who submits, such as "ada@lab-3", as the client says it: nobody checks it. Default: null, unknown; who submits a sweep again changes
    /// nothing.
    /// </summary>
    [Id(5)] public string? SubmittedBy { get; init; }

    /// <summary>The sweep that this one was planned anew from. Default: null, none.</summary>
    [Id(6)] public string? Supersedes { get; init; }

    /// <summary>
    /// The pool of a new sweep whose submitter names none, as the control silo that planned it has settled it. Default: null, that of the
    /// silo that keeps it.
    /// </summary>
    [Id(7)] public string? DefaultPool { get; init; }
}

/// <summary>A change of how a sweep is queued; what is null stays.</summary>
[GenerateSerializer, Immutable, Alias("ShareChange")]
public sealed record ShareChange
{
    /// <summary>Higher goes first.</summary>
    [Id(0)] public int? Priority { get; init; }

    /// <summary>Most leases at a time; 0 for no limit.</summary>
    [Id(1)] public int? Parallel { get; init; }

    /// <summary>The pool that trains it from now on; what trains elsewhere is handed back.</summary>
    [Id(2)] public string? Pool { get; init; }
}

/// <summary>Which jobs without a result are queued again. Values are part of the wire contract.</summary>
public enum RetryScope
{
    /// <summary>Those that were given up.</summary>
    Failed = 0,

    /// <summary>Every one that does not wait or train: given up or cancelled.</summary>
    Missing = 1,
}
