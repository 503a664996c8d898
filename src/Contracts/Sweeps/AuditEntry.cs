namespace AdaptCluster.Contracts.Sweeps;

/// <summary>An action on a sweep that somebody took or attempted.</summary>
[GenerateSerializer, Immutable, Alias("AuditEntry")]
public sealed record AuditEntry
{
    /// <summary>The entry's place in the order of all entries of the store.</summary>
    [Id(0)] public long Id { get; init; }

    /// <summary>When it happened, by the clock of the silo that received the call.</summary>
    [Id(1)] public required DateTimeOffset Time { get; init; }

    /// <summary>The sweep; null if there was none yet.</summary>
    [Id(2)] public string? Sweep { get; init; }

    /// <summary>What was requested.</summary>
    [Id(3)] public required AuditAction Action { get; init; }

    /// <summary>The outcome.</summary>
    [Id(4)] public required AuditOutcome Outcome { get; init; }

    /// <summary>How the call reached the cluster.</summary>
    [Id(5)] public required CallerWay Way { get; init; }

    /// <summary>Who made the call: a person, a token, or a client by the name it gives itself; null if not known.</summary>
    [Id(6)] public string? Name { get; init; }

    /// <summary>What was changed to what, or why the call was refused.</summary>
    [Id(7)] public string? Detail { get; init; }

    /// <summary>The id of the call in the silos' logs; null for a client that gives none.</summary>
    [Id(8)] public string? Call { get; init; }

    /// <summary>The maximum length of <see cref="Detail"/> that is kept.</summary>
    public const int LongestDetail = 500;
}

/// <summary>A query of the audit log.</summary>
[GenerateSerializer, Immutable, Alias("AuditQuery")]
public sealed record AuditQuery
{
    /// <summary>Only entries of this sweep. Default: null, all.</summary>
    [Id(0)] public string? Sweep { get; init; }

    /// <summary>Only entries before the one with this <see cref="AuditEntry.Id"/>. Default: null, from the newest on.</summary>
    [Id(1)] public long? Before { get; init; }

    /// <summary>The number of entries, from 1 to <see cref="MaxCount"/>. Default: <see cref="MaxCount"/>.</summary>
    [Id(2)] public int Count { get; init; } = MaxCount;

    /// <summary>The maximum number of entries in one answer.</summary>
    public const int MaxCount = 500;
}

/// <summary>An action on a sweep that can be requested. Values are part of the store and of the wire contract.</summary>
public enum AuditAction
{
    /// <summary>Run the sweep, or continue it.</summary>
    Submit = 0,

    /// <summary>Lease no more of its packs for now.</summary>
    Pause = 1,

    /// <summary>Resume it.</summary>
    Resume = 2,

    /// <summary>Stop it.</summary>
    Cancel = 3,

    /// <summary>Rerun the jobs that have no result.</summary>
    Retry = 4,

    /// <summary>Change its priority, parallelism or pool.</summary>
    Set = 5,

    /// <summary>Plan it again for another trainer version.</summary>
    Replan = 6,

    /// <summary>Delete it, or everything except its results.</summary>
    Delete = 7,

    /// <summary>Change its name, note or tags.</summary>
    Label = 8,
}

/// <summary>The outcome of a request. Values are part of the store and of the wire contract.</summary>
public enum AuditOutcome
{
    /// <summary>It was done.</summary>
    Done = 0,

    /// <summary>There was nothing to do.</summary>
    Unchanged = 1,

    /// <summary>It was refused.</summary>
    Refused = 2,
}
