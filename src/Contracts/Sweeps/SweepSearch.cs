namespace AdaptCluster.Contracts.Sweeps;

/// <summary>Which sweeps are asked for, and in which order.</summary>
[GenerateSerializer, Immutable, Alias("SweepQuery")]
public sealed record SweepQuery
{
    /// <summary>Most sweeps of one answer.</summary>
    public const int MaxCount = 100;

    /// <summary>Longest text of <see cref="Text"/>.</summary>
    public const int LongestText = 200;

    /// <summary>How many of the fitting sweeps are left out before the first. Default: 0.</summary>
    [Id(0)] public int From { get; init; }

    /// <summary>How many are wanted, 1 to <see cref="MaxCount"/>. Default: 25.</summary>
    [Id(1)] public int Count { get; init; } = 25;

    /// <summary>Only sweeps whose name or id contains this, in whatever case. Default: null, all.</summary>
    [Id(2)] public string? Text { get; init; }

    /// <summary>Only sweeps in this state. Default: null, all.</summary>
    [Id(3)] public SweepState? State { get; init; }

    /// <summary>What they are ordered by. Default: when they were submitted.</summary>
    [Id(4)] public SweepOrder Order { get; init; }

    /// <summary>Whether the order is turned round: oldest, last in the alphabet, longest first. Default: false.</summary>
    [Id(5)] public bool Reversed { get; init; }
}

/// <summary>What sweeps are ordered by. Values are part of the wire contract.</summary>
public enum SweepOrder
{
    /// <summary>Newest first.</summary>
    Submitted = 0,

    /// <summary>By name.</summary>
    Name = 1,

    /// <summary>What runs first, then what waits for somebody, then what has ended.</summary>
    State = 2,

    /// <summary>By the number of jobs, fewest first.</summary>
    Jobs = 3,

    /// <summary>By the time from submission to the end, or to now; shortest first.</summary>
    Duration = 4,
}

/// <summary>Some of the sweeps that were asked for.</summary>
/// <param name="Total">How many fit the query.</param>
/// <param name="All">How many sweeps there are.</param>
/// <param name="Sweeps">Those of this page.</param>
[GenerateSerializer, Immutable, Alias("SweepSearchPage")]
public sealed record SweepSearchPage([property: Id(0)] int Total, [property: Id(1)] int All, [property: Id(2)] SweepLine[] Sweeps);

/// <summary>A sweep as a line of a list, with what one wants to know before opening it.</summary>
[GenerateSerializer, Immutable, Alias("SweepLine")]
public sealed record SweepLine
{
    /// <summary>Id, name, state and counts.</summary>
    [Id(0)] public required SweepSummary Summary { get; init; }

    /// <summary>Its data sets, in the spec's order; empty where its plan cannot be read.</summary>
    [Id(1)] public string[] Datasets { get; init; } = [];

    /// <summary>Its backbone; empty where its plan cannot be read.</summary>
    [Id(2)] public string Backbone { get; init; } = "";

    /// <summary>
    /// The highest validation accuracy, in percent, of an arm whose cells are complete, as a mean over the data sets. Null before there is
    /// one, and for a sweep too large to look through for a list.
    /// </summary>
    [Id(3)] public double? BestValidation { get; init; }

    /// <summary>That arm.</summary>
    [Id(4)] public string? BestArm { get; init; }

    /// <summary>Why jobs failed: one of the errors; null where none did.</summary>
    [Id(5)] public string? Cause { get; init; }

    /// <summary>How many different errors there are, <see cref="Cause"/> among them.</summary>
    [Id(6)] public int Causes { get; init; }
}
