using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Planning;

/// <summary>Everything a sweep will do, cut once and never re-cut.</summary>
[GenerateSerializer, Immutable, Alias("SweepPlan")]
public sealed record SweepPlan
{
    /// <summary>The sweep's name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The spec it was made from.</summary>
    [Id(1)] public required string SpecJson { get; init; }

    /// <summary>Every job once, however many rows use it.</summary>
    [Id(2)] public required PlannedJob[] Jobs { get; init; }

    /// <summary>What is leased together; each job is in exactly one pack.</summary>
    [Id(3)] public required PlannedPack[] Packs { get; init; }

    /// <summary>The rows of the table, in the spec's order.</summary>
    [Id(4)] public required PlannedRow[] Rows { get; init; }

    /// <summary>The columns of the table, in the spec's order.</summary>
    [Id(5)] public required string[] Datasets { get; init; }

    /// <summary>What the user should know before it runs.</summary>
    [Id(6)] public required PlanWarning[] Warnings { get; init; }

    /// <summary>Training iterations of all jobs, each trained by itself.</summary>
    public long Iterations => Jobs.Sum(job => (long)job.Iterations);
}

/// <summary>A job of a plan.</summary>
[GenerateSerializer, Immutable, Alias("PlannedJob")]
public sealed record PlannedJob
{
    /// <summary>Its identity.</summary>
    [Id(0)] public required JobId Id { get; init; }

    /// <summary>What it computes.</summary>
    [Id(1)] public required JobDefinition Definition { get; init; }

    /// <summary>Training iterations; 0 for methods without training.</summary>
    [Id(2)] public required int Iterations { get; init; }
}

/// <summary>Jobs that are leased together: same backbone, data set, shots and precision.</summary>
[GenerateSerializer, Immutable, Alias("PlannedPack")]
public sealed record PlannedPack
{
    /// <summary>Its number in the plan, from 0.</summary>
    [Id(0)] public required int Index { get; init; }

    /// <summary>Its jobs, in the order in which they run.</summary>
    [Id(1)] public required JobId[] Jobs { get; init; }

    /// <summary>Training iterations of all its jobs, by which the queue takes the longest first.</summary>
    [Id(2)] public required long Iterations { get; init; }
}

/// <summary>An arm of the sweep: one row of the table.</summary>
[GenerateSerializer, Immutable, Alias("PlannedRow")]
public sealed record PlannedRow
{
    /// <summary>The row's name in the table.</summary>
    [Id(0)] public required string Label { get; init; }

    /// <summary>One of <see cref="MethodNames"/>.</summary>
    [Id(1)] public required string Method { get; init; }

    /// <summary>Adapt only: the saliency score.</summary>
    [Id(2)] public Scorer? Scorer { get; init; }

    /// <summary>Adapt with one T_target only.</summary>
    [Id(3)] public int? TTarget { get; init; }

    /// <summary>Whether each data set takes the T_target with the best mean validation accuracy.</summary>
    [Id(4)] public required bool Adaptive { get; init; }

    /// <summary>One cell per data set, in the plan's order.</summary>
    [Id(5)] public required PlannedCell[] Cells { get; init; }
}

/// <summary>An arm on a data set: one number of the table.</summary>
[GenerateSerializer, Immutable, Alias("PlannedCell")]
public sealed record PlannedCell
{
    /// <summary>The column.</summary>
    [Id(0)] public required string Dataset { get; init; }

    /// <summary>One candidate, or one per T_target of an adaptive arm, smallest T_target first.</summary>
    [Id(1)] public required PlannedCandidate[] Candidates { get; init; }
}

/// <summary>The jobs of one cell at one T_target.</summary>
[GenerateSerializer, Immutable, Alias("PlannedCandidate")]
public sealed record PlannedCandidate
{
    /// <summary>Its T_target; null for methods without one.</summary>
    [Id(0)] public int? TTarget { get; init; }

    /// <summary>One job per seed, in the spec's order.</summary>
    [Id(1)] public required JobId[] Jobs { get; init; }
}

/// <summary>Something in a plan that the user should know.</summary>
/// <param name="Code">A stable name, such as "schedule-fitted".</param>
/// <param name="Path">JSON path of the spec that caused it.</param>
/// <param name="Message">One line with the numbers.</param>
[GenerateSerializer, Immutable, Alias("PlanWarning")]
public sealed record PlanWarning([property: Id(0)] string Code, [property: Id(1)] string Path, [property: Id(2)] string Message);
