using System.Globalization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Client.Runs;

/// <summary>A job in the form that experiment trackers use: a run with its parameters, its metrics by step, and its tags.</summary>
internal sealed record ExportedRun
{
    /// <summary>The sweep.</summary>
    public required RunSweep Sweep { get; init; }

    /// <summary>The job.</summary>
    public required JobId Job { get; init; }

    /// <summary>A description such as "adapt snip T=12 · tiny-kinds · seed 1". The data set's name in it is untrusted text.</summary>
    public required string Name { get; init; }

    /// <summary>The state of the job.</summary>
    public required JobState State { get; init; }

    /// <summary>The start time of the first attempt; for a job that has not begun, the time at which the sweep was submitted.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The time at which the job ended; null if it has not ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>The hyperparameters, spelled as in specs.</summary>
    public required RunParameter[] Parameters { get; init; }

    /// <summary>The metrics after each epoch, and finally the results.</summary>
    public required RunStep[] Steps { get; init; }

    /// <summary>Other values, for finding and grouping runs.</summary>
    public required KeyValuePair<string, string>[] Tags { get; init; }

    /// <summary>Whether the job is queued or running, in which case a later export may contain more.</summary>
    public bool IsUnfinished => State is JobState.Queued or JobState.Running;
}

/// <summary>The sweep that the runs belong to.</summary>
/// <param name="Id">The sweep's id.</param>
/// <param name="Name">The sweep's name, which is untrusted text.</param>
/// <param name="Submitted">The time of the first submission.</param>
/// <param name="SubmittedBy">The submitter's stated name; null if none was given.</param>
internal sealed record RunSweep(SweepId Id, string Name, DateTimeOffset Submitted, string? SubmittedBy);

/// <summary>The metrics for one step.</summary>
/// <param name="Step">The epoch, starting at 1; 0 for a job that does not train.</param>
/// <param name="Time">The wall-clock time.</param>
/// <param name="Values">The names and values of the metrics.</param>
internal sealed record RunStep(int Step, DateTimeOffset Time, (string Metric, double Value)[] Values);

/// <summary>The names of the metrics. Tools group them by the part before the slash.</summary>
internal static class RunMetrics
{
    public const string Loss = "train/loss", TrainAccuracy = "train/accuracy", LearningRate = "train/learning_rate",
        ImageTokens = "tokens/image", TextTokens = "tokens/text", Tokens = "tokens/total", EpochSeconds = "time/epoch_seconds",
        Validation = "result/validation_accuracy", Test = "result/test_accuracy", Seconds = "result/seconds",
        Parameters = "result/trainable_parameters", MultiplyAdds = "result/multiply_adds";

    /// <summary>
    /// Formats a value so that parsing the result returns the same number. Python and pandas also parse NaN and Infinity.
    /// </summary>
    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
