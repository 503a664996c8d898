using System.Text.Json.Serialization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The numbers of a sweep's jobs.</summary>
[GenerateSerializer, Immutable, Alias("JobCounts")]
public sealed record JobCounts
{
    /// <summary>The number of all jobs.</summary>
    [Id(0)] public required int Total { get; init; }

    /// <summary>The number of jobs with a result, including cached ones.</summary>
    [Id(1)] public required int Completed { get; init; }

    /// <summary>The number of failed jobs.</summary>
    [Id(2)] public required int Failed { get; init; }

    /// <summary>The number of jobs that reused a result of an earlier sweep.</summary>
    [Id(3)] public required int Cached { get; init; }
}

/// <summary>The result table of a sweep, complete or not, as <c>sweep results --json</c> prints it.</summary>
[GenerateSerializer, Immutable, Alias("SweepResults")]
public sealed record SweepResults
{
    /// <summary>The sweep's id.</summary>
    [Id(0)] public required string Sweep { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Its state.</summary>
    [Id(2)] public required SweepState State { get; init; }

    /// <summary>The numbers of its jobs.</summary>
    [Id(3)] public required JobCounts Jobs { get; init; }

    /// <summary>The columns, in the spec's order.</summary>
    [Id(4)] public required string[] Datasets { get; init; }

    /// <summary>The rows, in the spec's order.</summary>
    [Id(5)] public required ResultRow[] Rows { get; init; }

    /// <summary>What a reader of the table must know, such as fitted schedules.</summary>
    [Id(6)] public required string[] Notes { get; init; }

    /// <summary>
    /// The tables of its evaluation protocols, such as Base, New and H; null if the spec evaluates only on each data set's own test images.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(7)] public ResultSection[]? Sections { get; init; }
}

/// <summary>One arm of the table.</summary>
[GenerateSerializer, Immutable, Alias("ResultRow")]
public sealed record ResultRow
{
    /// <summary>The row's name.</summary>
    [Id(0)] public required string Label { get; init; }

    /// <summary>The method.</summary>
    [Id(1)] public required string Method { get; init; }

    /// <summary>Adapt only: the saliency score.</summary>
    [Id(2)] public Scorer? Scorer { get; init; }

    /// <summary>The T_target of an Adapt row that has only one; otherwise null.</summary>
    [Id(3)] public int? TTarget { get; init; }

    /// <summary>Whether each cell chooses settings, such as its T_target, by validation accuracy.</summary>
    [Id(4)] public required bool Adaptive { get; init; }

    /// <summary>The mean number of trained parameters left at the end, over the runs of all cells; null until a job is done.</summary>
    [Id(5)] public double? TrainableParameters { get; init; }

    /// <summary>The mean of 1e-9 × MACs of one image and one class prompt, over the runs of all cells; null until a job is done.</summary>
    [Id(6)] public double? Gflops { get; init; }

    /// <summary>The cells by data set.</summary>
    [Id(7)] public required Dictionary<string, ResultCell> Cells { get; init; }

    /// <summary>Mean test accuracy over the data sets, in percent; null until every cell is complete.</summary>
    [Id(8)] public double? Average { get; init; }

    /// <summary><see cref="TrainableParameters"/> in percent of the backbone's parameters without its token embeddings.</summary>
    [Id(9)] public double? TrainablePercent { get; init; }

    /// <summary>The mean of 1e-9 × <see cref="JobResult.HookMultiplyAdds"/> over the runs of all cells.</summary>
    [Id(10)] public double? HookGflops { get; init; }

    /// <summary>The row's position in the grid: its values of the arm's lists and ranges and, for Adapt, its scorer and T_target.</summary>
    [Id(11)] public AxisValues Axes { get; init; } = AxisValues.None;
}

/// <summary>One arm on one data set.</summary>
[GenerateSerializer, Immutable, Alias("ResultCell")]
public sealed record ResultCell
{
    /// <summary>The T_target of these accuracies; null for methods without one, or while an adaptive cell cannot choose yet.</summary>
    [Id(0)] public int? TTarget { get; init; }

    /// <summary>Whether every run of every candidate is there.</summary>
    [Id(1)] public required bool Complete { get; init; }

    /// <summary>Test accuracy.</summary>
    [Id(2)] public required Accuracy Test { get; init; }

    /// <summary>Validation accuracy, by which an adaptive arm chooses.</summary>
    [Id(3)] public required Accuracy Validation { get; init; }

    /// <summary>
    /// The anomalies of the cell: "seed-outlier", "equal-seeds", "below-zero-shot" or "mask-grew". The table's notes explain them.
    /// </summary>
    [Id(4)] public string[] Flags { get; init; } = [];

    /// <summary>
    /// The values that an adaptive cell chose for its adaptive settings; empty if there are none, or while it cannot choose yet.
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

    /// <summary>Returns a count as a percentage of a total; 0 if the total is 0.</summary>
    /// <param name="correct">The count.</param>
    /// <param name="total">The total.</param>
    public static double Percent(int correct, int total) => total == 0 ? 0 : 100.0 * correct / total;
}
