namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A query of sweeps, and their order.</summary>
[GenerateSerializer, Immutable, Alias("SweepQuery")]
public sealed record SweepQuery
{
    /// <summary>The maximum number of sweeps in one answer.</summary>
    public const int MaxCount = 100;

    /// <summary>The maximum length of <see cref="Text"/>.</summary>
    public const int LongestText = 200;

    /// <summary>The number of matching sweeps to skip. Default: 0.</summary>
    [Id(0)] public int From { get; init; }

    /// <summary>The number of sweeps to return, from 1 to <see cref="MaxCount"/>. Default: 25.</summary>
    [Id(1)] public int Count { get; init; } = 25;

    /// <summary>Only sweeps whose name or id contains this text; case is ignored. Default: null, all.</summary>
    [Id(2)] public string? Text { get; init; }

    /// <summary>Only sweeps in this state. Default: null, all.</summary>
    [Id(3)] public SweepState? State { get; init; }

    /// <summary>What the sweeps are ordered by. Default: when they were submitted.</summary>
    [Id(4)] public SweepOrder Order { get; init; }

    /// <summary>Whether the order is reversed: oldest first, last in the alphabet first, longest first. Default: false.</summary>
    [Id(5)] public bool Reversed { get; init; }
}

/// <summary>What sweeps are ordered by. Values are part of the wire contract.</summary>
public enum SweepOrder
{
    /// <summary>By time of submission, newest first.</summary>
    Submitted = 0,

    /// <summary>By name.</summary>
    Name = 1,

    /// <summary>By state: running sweeps first, then those that wait for a person, then those that have ended.</summary>
    State = 2,

    /// <summary>By the number of jobs, fewest first.</summary>
    Jobs = 3,

    /// <summary>By the time from submission to the end, or to now; shortest first.</summary>
    Duration = 4,
}

/// <summary>A page of the sweeps that match a query.</summary>
/// <param name="Total">The number of sweeps that match the query.</param>
/// <param name="All">The number of all sweeps.</param>
/// <param name="Sweeps">The sweeps on the page.</param>
[GenerateSerializer, Immutable, Alias("SweepSearchPage")]
public sealed record SweepSearchPage([property: Id(0)] int Total, [property: Id(1)] int All, [property: Id(2)] SweepLine[] Sweeps);

/// <summary>A sweep as one row of a list, with what helps to decide whether to open it.</summary>
[GenerateSerializer, Immutable, Alias("SweepLine")]
public sealed record SweepLine
{
    /// <summary>Its id, name, state and counts.</summary>
    [Id(0)] public required SweepSummary Summary { get; init; }

    /// <summary>Its data sets, in the spec's order; empty if its plan cannot be read.</summary>
    [Id(1)] public string[] Datasets { get; init; } = [];

    /// <summary>Its backbone; empty if its plan cannot be read.</summary>
    [Id(2)] public string Backbone { get; init; } = "";

    /// <summary>
    /// The highest mean validation accuracy over the data sets, in percent, among arms whose cells are complete. Null if there is no such
    /// arm yet, and for sweeps too large to be searched for a list.
    /// </summary>
    [Id(3)] public double? BestValidation { get; init; }

    /// <summary>The arm with that accuracy.</summary>
    [Id(4)] public string? BestArm { get; init; }

    /// <summary>Why jobs failed: one of the errors; null if none failed.</summary>
    [Id(5)] public string? Cause { get; init; }

    /// <summary>The number of different errors, including <see cref="Cause"/>.</summary>
    [Id(6)] public int Causes { get; init; }
}
