namespace AdaptCluster.Contracts.Sweeps;

/// <summary>One thing that somebody did to a sweep, or tried to do.</summary>
[GenerateSerializer, Immutable, Alias("AuditEntry")]
public sealed record AuditEntry
{
    /// <summary>Its place in the order of all entries of the store.</summary>
    [Id(0)] public long Id { get; init; }

    /// <summary>When, by the clock of the silo that heard it.</summary>
    [Id(1)] public required DateTimeOffset Time { get; init; }

    /// <summary>The sweep; null where there was none yet.</summary>
    [Id(2)] public string? Sweep { get; init; }

    /// <summary>What was asked for.</summary>
    [Id(3)] public required AuditAction Action { get; init; }

    /// <summary>What became of it.</summary>
    [Id(4)] public required AuditOutcome Outcome { get; init; }

    /// <summary>By which way it came.</summary>
    [Id(5)] public required CallerWay Way { get; init; }

    /// <summary>Who it was: a person, a token, or a client as it calls itself; null where nobody knows.</summary>
    [Id(6)] public string? Name { get; init; }

    /// <summary>What was changed to what, or why it was refused.</summary>
    [Id(7)] public string? Detail { get; init; }

    /// <summary>The id under which the silos' logs have the call; null for a client that gives none.</summary>
    [Id(8)] public string? Call { get; init; }

    /// <summary>Longest text of <see cref="Detail"/> that is kept.</summary>
    public const int LongestDetail = 500;
}

/// <summary>Which entries of the audit log are asked for.</summary>
[GenerateSerializer, Immutable, Alias("AuditQuery")]
public sealed record AuditQuery
{
    /// <summary>Of one sweep only. Default: null, all.</summary>
    [Id(0)] public string? Sweep { get; init; }

    /// <summary>Only those before the one with this <see cref="AuditEntry.Id"/>. Default: null, from the newest on.</summary>
    [Id(1)] public long? Before { get; init; }

    /// <summary>How many, 1 to <see cref="MaxCount"/>. Default: <see cref="MaxCount"/>.</summary>
    [Id(2)] public int Count { get; init; } = MaxCount;

    /// <summary>Most entries of one answer.</summary>
    public const int MaxCount = 500;
}

/// <summary>What somebody asks of a sweep. Values are part of the store and of the wire contract.</summary>
public enum AuditAction
{
    /// <summary>To run it, or to go on with it.</summary>
    Submit = 0,

    /// <summary>To lease nothing more of it for now.</summary>
    Pause = 1,

    /// <summary>To go on where it was left.</summary>
    Resume = 2,

    /// <summary>To stop it.</summary>
    Cancel = 3,

    /// <summary>To run jobs without a result once more.</summary>
    Retry = 4,

    /// <summary>To change its priority, parallelism or pool.</summary>
    Set = 5,

    /// <summary>To plan it anew for another trainer version.</summary>
    Replan = 6,

    /// <summary>To delete it, or all but its results.</summary>
    Delete = 7,

    /// <summary>To change its name, its note or its tags.</summary>
    Label = 8,
}

/// <summary>What became of something that was asked. Values are part of the store and of the wire contract.</summary>
public enum AuditOutcome
{
    /// <summary>It was done.</summary>
    Done = 0,

    /// <summary>There was nothing to do.</summary>
    Unchanged = 1,

    /// <summary>It was refused.</summary>
    Refused = 2,
}
