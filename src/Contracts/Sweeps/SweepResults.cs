using System.Text.Json.Serialization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>Counts of a sweep's jobs.</summary>
[GenerateSerializer, Immutable, Alias("JobCounts")]
public sealed record JobCounts
{
    /// <summary>All jobs.</summary>
    [Id(0)] public required int Total { get; init; }

    /// <summary>Jobs with a result, cached ones included.</summary>
    [Id(1)] public required int Completed { get; init; }

    /// <summary>Jobs that were given up.</summary>
    [Id(2)] public required int Failed { get; init; }

    /// <summary>Jobs answered by an earlier sweep's result.</summary>
    [Id(3)] public required int Cached { get; init; }
}

/// <summary>The table of a sweep, complete or not, as <c>sweep results --json</c> prints it.</summary>
[GenerateSerializer, Immutable, Alias("SweepResults")]
public sealed record SweepResults
{
    /// <summary>The sweep's id.</summary>
    [Id(0)] public required string Sweep { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(2)] public required SweepState State { get; init; }

    /// <summary>Its jobs.</summary>
    [Id(3)] public required JobCounts Jobs { get; init; }

    /// <summary>The columns, in the spec's order.</summary>
    [Id(4)] public required string[] Datasets { get; init; }

    /// <summary>The rows, in the spec's order.</summary>
    [Id(5)] public required ResultRow[] Rows { get; init; }

    /// <summary>What the reader of the table must know, such as fitted schedules.</summary>
    [Id(6)] public required string[] Notes { get; init; }

    /// <summary>
    /// The tables of its protocols, such as Base, New and H; null where the spec evaluates on nothing but each data set's own test.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(7)] public ResultSection[]? Sections { get; init; }
}

/// <summary>One arm.</summary>
[GenerateSerializer, Immutable, Alias("ResultRow")]
public sealed record ResultRow
{
    /// <summary>The row's name.</summary>
    [Id(0)] public required string Label { get; init; }

    /// <summary>The method.</summary>
    [Id(1)] public required string Method { get; init; }

    /// <summary>Adapt only: the saliency score.</summary>
    [Id(2)] public Scorer? Scorer { get; init; }

    /// <summary>Adapt with one T_target only.</summary>
    [Id(3)] public int? TTarget { get; init; }

    /// <summary>Whether each cell chose settings, such as its T_target, by validation accuracy.</summary>
    [Id(4)] public required bool Adaptive { get; init; }

    /// <summary>Mean over the runs of all cells of the parameters left at the end; null until a job is done.</summary>
    [Id(5)] public double? TrainableParameters { get; init; }

    /// <summary>
    /// Mean over the runs of all cells of 1e-9 × multiply-adds of one image and one class prompt; null until a job is done.
    /// </summary>
    [Id(6)] public double? Gflops { get; init; }

    /// <summary>By data set.</summary>
    [Id(7)] public required Dictionary<string, ResultCell> Cells { get; init; }

    /// <summary>Mean test accuracy over the data sets, in percent; null until every cell is complete.</summary>
    [Id(8)] public double? Average { get; init; }

    /// <summary><see cref="TrainableParameters"/> in percent of the backbone's parameters without its token embeddings.</summary>
    [Id(9)] public double? TrainablePercent { get; init; }

    /// <summary>Mean over the runs of all cells of 1e-9 × <see cref="JobResult.HookMultiplyAdds"/>.</summary>
    [Id(10)] public double? HookGflops { get; init; }

    /// <summary>Where it stands in the grid: its values of the arm's lists and ranges, and of Adapt its scorer and T_target.</summary>
    [Id(11)] public AxisValues Axes { get; init; } = AxisValues.None;
}

/// <summary>One arm on one data set.</summary>
[GenerateSerializer, Immutable, Alias("ResultCell")]
public sealed record ResultCell
{
    /// <summary>The T_target whose accuracies these are; null without one, or while an adaptive cell cannot choose yet.</summary>
    [Id(0)] public int? TTarget { get; init; }

    /// <summary>Whether every run of every candidate is there.</summary>
    [Id(1)] public required bool Complete { get; init; }

    /// <summary>Test accuracy.</summary>
    [Id(2)] public required Accuracy Test { get; init; }

    /// <summary>Validation accuracy, by which an adaptive arm chooses.</summary>
    [Id(3)] public required Accuracy Validation { get; init; }

    /// <summary>What looks wrong with it: "seed-outlier", "equal-seeds", "below-zero-shot" or "mask-grew"; the notes say more.</summary>
    [Id(4)] public string[] Flags { get; init; } = [];

    /// <summary>
    /// What an adaptive cell has chosen of each of its adaptive settings; empty without one, or while it cannot choose yet.
    /// </summary>
    [Id(5)] public AxisValues Chosen { get; init; } = AxisValues.None;
}

/// <summary>Accuracies in percent, one per finished seed.</summary>
[GenerateSerializer, Immutable, Alias("Accuracy")]
public sealed record Accuracy
{
    /// <summary>Mean of <see cref="Runs"/>; null without runs.</summary>
    [Id(0)] public double? Mean { get; init; }

    /// <summary>Sample standard deviation (n - 1) of <see cref="Runs"/>; null with fewer than two.</summary>
    [Id(1)] public double? Std { get; init; }

    /// <summary>100 × correct / total of each run, in the order of the seeds.</summary>
    [Id(2)] public required double[] Runs { get; init; }

    /// <summary>A count in percent of all; 0 of nothing.</summary>
    /// <param name="correct">The count.</param>
    /// <param name="total">All.</param>
    public static double Percent(int correct, int total) => total == 0 ? 0 : 100.0 * correct / total;
}
