namespace AdaptCluster.Contracts.Sweeps;

/// <summary>An action on a sweep that was taken or attempted.</summary>
[GenerateSerializer, Immutable, Alias("AuditEntry")]
public sealed record AuditEntry
{
    /// <summary>The entry's sequence number among all entries in the store.</summary>
    [Id(0)] public long Id { get; init; }

    /// <summary>The time of the action, according to the clock of the silo that received the call.</summary>
    [Id(1)] public required DateTimeOffset Time { get; init; }

    /// <summary>The sweep's id; null if the sweep did not exist yet.</summary>
    [Id(2)] public string? Sweep { get; init; }

    /// <summary>The requested action.</summary>
    [Id(3)] public required AuditAction Action { get; init; }

    /// <summary>The outcome of the request.</summary>
    [Id(4)] public required AuditOutcome Outcome { get; init; }

    /// <summary>The route by which the call reached the cluster.</summary>
    [Id(5)] public required CallerWay Way { get; init; }

    /// <summary>The caller's name: the name of a person or a token, or the name that a client gives itself; null if unknown.</summary>
    [Id(6)] public string? Name { get; init; }

    /// <summary>The change that was made, or the reason for the refusal.</summary>
    [Id(7)] public string? Detail { get; init; }

    /// <summary>The id of the call in the silos' logs; null if the client sends no id.</summary>
    [Id(8)] public string? Call { get; init; }

    /// <summary>The maximum stored length of <see cref="Detail"/>.</summary>
    public const int LongestDetail = 500;
}

/// <summary>A query of the audit log.</summary>
[GenerateSerializer, Immutable, Alias("AuditQuery")]
public sealed record AuditQuery
{
    /// <summary>The sweep to return entries for. Default: null, all sweeps.</summary>
    [Id(0)] public string? Sweep { get; init; }

    /// <summary>
    /// The exclusive upper bound for the <see cref="AuditEntry.Id"/> of returned entries. Default: null, which starts at the newest entry.
    /// </summary>
    [Id(1)] public long? Before { get; init; }

    /// <summary>The number of entries to return, from 1 to <see cref="MaxCount"/>. Default: <see cref="MaxCount"/>.</summary>
    [Id(2)] public int Count { get; init; } = MaxCount;

    /// <summary>The maximum number of entries in one response.</summary>
    public const int MaxCount = 500;
}

/// <summary>An action that a user can request on a sweep. Values are part of the store and of the wire contract.</summary>
public enum AuditAction
{
    /// <summary>Run or continue the sweep.</summary>
    Submit = 0,

    /// <summary>Stop leasing the sweep's packs until the sweep is resumed.</summary>
    Pause = 1,

    /// <summary>Resume the sweep.</summary>
    Resume = 2,

    /// <summary>Cancel the sweep.</summary>
    Cancel = 3,

    /// <summary>Rerun the jobs that have no result.</summary>
    Retry = 4,

    /// <summary>Change the sweep's priority, parallelism or pool.</summary>
    Set = 5,

    /// <summary>Plan the sweep again for another trainer version.</summary>
    Replan = 6,

    /// <summary>Delete the sweep, or everything except its results.</summary>
    Delete = 7,

    /// <summary>Change the sweep's name, note or tags.</summary>
    Label = 8,
}

/// <summary>The outcome of a request. Values are part of the store and of the wire contract.</summary>
public enum AuditOutcome
{
    /// <summary>The request was carried out.</summary>
    Done = 0,

    /// <summary>The request changed nothing.</summary>
    Unchanged = 1,

    /// <summary>The request was refused.</summary>
    Refused = 2,
}
