namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A query for sweeps, including their sort order.</summary>
[GenerateSerializer, Immutable, Alias("SweepQuery")]
public sealed record SweepQuery
{
    /// <summary>The maximum number of sweeps in one response.</summary>
    public const int MaxCount = 100;

    /// <summary>The maximum length of <see cref="Text"/>.</summary>
    public const int LongestText = 200;

    /// <summary>The number of matching sweeps to skip. Default: 0.</summary>
    [Id(0)] public int From { get; init; }

    /// <summary>The number of sweeps to return, from 1 to <see cref="MaxCount"/>. Default: 25.</summary>
    [Id(1)] public int Count { get; init; } = 25;

    /// <summary>Text that the name or the id of each returned sweep must contain; case is ignored. Default: null, all sweeps.</summary>
    [Id(2)] public string? Text { get; init; }

    /// <summary>The state of the sweeps to return. Default: null, all states.</summary>
    [Id(3)] public SweepState? State { get; init; }

    /// <summary>The sort order of the sweeps. Default: by time of submission.</summary>
    [Id(4)] public SweepOrder Order { get; init; }

    /// <summary>Whether to reverse the order: oldest first, names from Z to A, or longest first. Default: false.</summary>
    [Id(5)] public bool Reversed { get; init; }
}

/// <summary>The sort order of sweeps. Values are part of the wire contract.</summary>
public enum SweepOrder
{
    /// <summary>By time of submission, newest first.</summary>
    Submitted = 0,

    /// <summary>By name, in alphabetical order.</summary>
    Name = 1,

    /// <summary>By state: running sweeps first, then sweeps that need a user's action, then ended sweeps.</summary>
    State = 2,

    /// <summary>By the number of jobs, fewest first.</summary>
    Jobs = 3,

    /// <summary>By the time from submission until the end, or until now; shortest first.</summary>
    Duration = 4,
}

/// <summary>A page of sweeps that match a query.</summary>
/// <param name="Total">The number of sweeps that match the query.</param>
/// <param name="All">The total number of sweeps, including those that do not match.</param>
/// <param name="Sweeps">The sweeps on the page.</param>
[GenerateSerializer, Immutable, Alias("SweepSearchPage")]
public sealed record SweepSearchPage([property: Id(0)] int Total, [property: Id(1)] int All, [property: Id(2)] SweepLine[] Sweeps);

/// <summary>A sweep as one row in a list, with details that help users decide whether to open it.</summary>
[GenerateSerializer, Immutable, Alias("SweepLine")]
public sealed record SweepLine
{
    /// <summary>The sweep's id, name, state and job counts.</summary>
    [Id(0)] public required SweepSummary Summary { get; init; }

    /// <summary>The sweep's data sets, in the spec's order; empty if its plan cannot be read.</summary>
    [Id(1)] public string[] Datasets { get; init; } = [];

    /// <summary>The sweep's backbone; empty if its plan cannot be read.</summary>
    [Id(2)] public string Backbone { get; init; } = "";

    /// <summary>
    /// The highest validation accuracy among complete arms, averaged over the data sets, in percent. Null if no arm is complete yet, or if
    /// the sweep is too large to compute it for a list.
    /// </summary>
    [Id(3)] public double? BestValidation { get; init; }

    /// <summary>The arm with the accuracy in <see cref="BestValidation"/>.</summary>
    [Id(4)] public string? BestArm { get; init; }

    /// <summary>One of the errors that made jobs fail; null if no job failed.</summary>
    [Id(5)] public string? Cause { get; init; }

    /// <summary>The number of distinct errors, including <see cref="Cause"/>.</summary>
    [Id(6)] public int Causes { get; init; }
}
