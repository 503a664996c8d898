using System.Globalization;
using System.Text.Json;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Runs;

/// <summary>One job as other people's tools take it: a run with its parameters, its metrics by step, and its tags.</summary>
internal sealed record ExportedRun
{
    /// <summary>The sweep.</summary>
    public required RunSweep Sweep { get; init; }

    /// <summary>The job.</summary>
    public required JobId Job { get; init; }

    /// <summary>The job in words, such as "adapt snip T=12 · tiny-kinds · seed 1"; a data set's name in it is anybody's text.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobState State { get; init; }

    /// <summary>When its first attempt began; of a job that nobody has begun, when the sweep was submitted.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended; null for one that has not.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>What it computes, as the spec spells it.</summary>
    public required RunParameter[] Parameters { get; init; }

    /// <summary>What is known after each epoch, and at last what it found.</summary>
    public required RunStep[] Steps { get; init; }

    /// <summary>What else to find and group it by.</summary>
    public required KeyValuePair<string, string>[] Tags { get; init; }

    /// <summary>Whether it waits or trains, so that its next export may have more.</summary>
    public bool IsUnfinished => State is JobState.Queued or JobState.Running;
}

/// <summary>The sweep that runs belong to.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, anybody's text.</param>
/// <param name="Submitted">When it was submitted first.</param>
/// <param name="SubmittedBy">Who did so, as they said; null where they did not.</param>
internal sealed record RunSweep(SweepId Id, string Name, DateTimeOffset Submitted, string? SubmittedBy);

/// <summary>A hyperparameter.</summary>
/// <param name="Name">Its path in the job, such as "train.learningRate".</param>
/// <param name="Value">A number, a text, true or false; anything else is a text of JSON.</param>
internal sealed record RunParameter(string Name, JsonElement Value)
{
    /// <summary>The value as a text.</summary>
    public string Text => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : Value.GetRawText();
}

/// <summary>Metrics of one moment.</summary>
/// <param name="Step">The epoch, from 1; 0 of a job that does not train.</param>
/// <param name="Time">The wall clock.</param>
/// <param name="Values">Values by the metric's name.</param>
internal sealed record RunStep(int Step, DateTimeOffset Time, (string Metric, double Value)[] Values);

/// <summary>The names of metrics. Tools group them by what stands before the slash.</summary>
internal static class RunMetrics
{
    public const string Loss = "train/loss", TrainAccuracy = "train/accuracy", LearningRate = "train/learning_rate",
        ImageTokens = "tokens/image", TextTokens = "tokens/text", Tokens = "tokens/total", EpochSeconds = "time/epoch_seconds",
        Validation = "result/validation_accuracy", Test = "result/test_accuracy", Seconds = "result/seconds",
        Parameters = "result/trainable_parameters", MultiplyAdds = "result/multiply_adds";

    /// <summary>A value as text, so that it reads back as the same number; Python and pandas read NaN and Infinity too.</summary>
    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
