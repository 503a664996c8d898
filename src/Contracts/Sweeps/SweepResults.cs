using System.Text.Json.Serialization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The job counts of a sweep.</summary>
[GenerateSerializer, Immutable, Alias("JobCounts")]
public sealed record JobCounts
{
    /// <summary>The total number of jobs.</summary>
    [Id(0)] public required int Total { get; init; }

    /// <summary>The number of jobs with a result, including cached results.</summary>
    [Id(1)] public required int Completed { get; init; }

    /// <summary>The number of failed jobs.</summary>
    [Id(2)] public required int Failed { get; init; }

    /// <summary>The number of jobs that reused the result of an earlier sweep.</summary>
    [Id(3)] public required int Cached { get; init; }
}

/// <summary>A sweep's result table, which may be incomplete, in the form that <c>sweep results --json</c> prints.</summary>
[GenerateSerializer, Immutable, Alias("SweepResults")]
public sealed record SweepResults
{
    /// <summary>The sweep's id.</summary>
    [Id(0)] public required string Sweep { get; init; }

    /// <summary>The sweep's name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The sweep's state.</summary>
    [Id(2)] public required SweepState State { get; init; }

    /// <summary>The sweep's job counts.</summary>
    [Id(3)] public required JobCounts Jobs { get; init; }

    /// <summary>The names of the columns, one per data set, in the spec's order.</summary>
    [Id(4)] public required string[] Datasets { get; init; }

    /// <summary>The rows, in the spec's order.</summary>
    [Id(5)] public required ResultRow[] Rows { get; init; }

    /// <summary>Notes for readers of the table, such as a note on fitted schedules.</summary>
    [Id(6)] public required string[] Notes { get; init; }

    /// <summary>
    /// The tables for the sweep's evaluation protocols, such as Base, New and H. Null if the spec evaluates only on each data set's own
    /// test images.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(7)] public ResultSection[]? Sections { get; init; }
}

/// <summary>The row of one arm in the table.</summary>
[GenerateSerializer, Immutable, Alias("ResultRow")]
public sealed record ResultRow
{
    /// <summary>The row's name.</summary>
    [Id(0)] public required string Label { get; init; }

    /// <summary>The method.</summary>
    [Id(1)] public required string Method { get; init; }

    /// <summary>The saliency scorer; null for methods other than Adapt.</summary>
    [Id(2)] public Scorer? Scorer { get; init; }

    /// <summary>The T_target of an Adapt row with a single value; otherwise null.</summary>
    [Id(3)] public int? TTarget { get; init; }

    /// <summary>Whether each cell selects settings, such as its T_target, by validation accuracy.</summary>
    [Id(4)] public required bool Adaptive { get; init; }

    /// <summary>
    /// The mean number of trained parameters at the end of training, over the runs of all cells; null until a job has finished.
    /// </summary>
    [Id(5)] public double? TrainableParameters { get; init; }

    /// <summary>
    /// The mean number of MACs for one image and one class prompt, in units of 1e9, over the runs of all cells; null until a job has
    /// finished.
    /// </summary>
    [Id(6)] public double? Gflops { get; init; }

    /// <summary>The row's cells, keyed by data set.</summary>
    [Id(7)] public required Dictionary<string, ResultCell> Cells { get; init; }

    /// <summary>The mean test accuracy over the data sets, in percent; null until every cell is complete.</summary>
    [Id(8)] public double? Average { get; init; }

    /// <summary><see cref="TrainableParameters"/> as a percentage of the backbone's parameters, excluding the token embeddings.</summary>
    [Id(9)] public double? TrainablePercent { get; init; }

    /// <summary>The mean of <see cref="JobResult.HookMultiplyAdds"/> over the runs of all cells, in units of 1e9.</summary>
    [Id(10)] public double? HookGflops { get; init; }

    /// <summary>
    /// The row's position in the grid: its value for each list or range of the arm and, for Adapt, its scorer and T_target.
    /// </summary>
    [Id(11)] public AxisValues Axes { get; init; } = AxisValues.None;
}

/// <summary>The result of one arm on one data set.</summary>
[GenerateSerializer, Immutable, Alias("ResultCell")]
public sealed record ResultCell
{
    /// <summary>
    /// The T_target that the accuracies were measured at; null for methods without T_target, or if an adaptive cell has not selected one
    /// yet.
    /// </summary>
    [Id(0)] public int? TTarget { get; init; }

    /// <summary>Whether every run of every candidate has finished.</summary>
    [Id(1)] public required bool Complete { get; init; }

    /// <summary>Test accuracy.</summary>
    [Id(2)] public required Accuracy Test { get; init; }

    /// <summary>Validation accuracy, which an adaptive arm uses to select its settings.</summary>
    [Id(3)] public required Accuracy Validation { get; init; }

    /// <summary>
    /// The anomalies found in the cell: "seed-outlier", "equal-seeds", "below-zero-shot" or "mask-grew". The table's notes explain them.
    /// </summary>
    [Id(4)] public string[] Flags { get; init; } = [];

    /// <summary>
    /// The values that an adaptive cell has selected for its adaptive settings; empty if it has no adaptive settings, or if it has not
    /// selected any values yet.
    /// </summary>
    [Id(5)] public AxisValues Chosen { get; init; } = AxisValues.None;
}

/// <summary>Accuracies in percent, one per finished seed.</summary>
[GenerateSerializer, Immutable, Alias("Accuracy")]
public sealed record Accuracy
{
    /// <summary>The mean of <see cref="Runs"/>; null if there are no runs.</summary>
    [Id(0)] public double? Mean { get; init; }

    /// <summary>The sample standard deviation (n - 1) of <see cref="Runs"/>; null if there are fewer than two runs.</summary>
    [Id(1)] public double? Std { get; init; }

    /// <summary>The accuracy of each run, 100 × correct / total, in the order of the seeds.</summary>
    [Id(2)] public required double[] Runs { get; init; }

    /// <summary>Returns a count as a percentage of a total; 0 if the total is 0.</summary>
    /// <param name="correct">The count.</param>
    /// <param name="total">The total.</param>
    public static double Percent(int correct, int total) => total == 0 ? 0 : 100.0 * correct / total;
}
