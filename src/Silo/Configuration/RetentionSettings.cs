using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Retention;

namespace AdaptCluster.Silo.Configuration;

/// <summary>What the silos that host the grains delete by themselves: predictions beyond 4 GiB; nothing else unless it is set.</summary>
public sealed record RetentionSettings
{
    private const int DefaultMebibytes = 4096;

    /// <summary>How long checkpoints of an ended sweep's jobs without a result stay (Retention:Checkpoints). Default: for ever.</summary>
    [Setting("Retention:Checkpoints", "none: they stay",
        "age, such as `7d`, at which the checkpoints of jobs that failed or were cancelled are deleted, counted from the sweep's end; "
        + "`sweep retry` then begins these jobs anew")]
    public TimeSpan? Checkpoints { get; init; }

    /// <summary>How long ended sweeps stay (Retention:Sweeps). Default: for ever.</summary>
    [Setting("Retention:Sweeps", "none: they stay",
        "age, such as `90d`, at which a sweep is deleted, counted from its end ([operations.md](operations.md#what-is-kept))")]
    public TimeSpan? Sweeps { get; init; }

    /// <summary>Bytes that the sweeps may take before the oldest go (Retention:StoreMiB). Default: any number.</summary>
    [Setting("Retention:StoreMiB", "none: no limit",
        "how much all sweeps may take before those that ended and were submitted first are deleted; what the database adds on the disk "
        + "does not count")]
    public long? StoreBytes { get; init; }

    /// <summary>How long the predictions of an ended sweep stay (Retention:Predictions). Default: for ever.</summary>
    [Setting("Retention:Predictions", "none: they stay",
        "age, such as `30d`, at which the predictions of a sweep's jobs are deleted, counted from its end; results and prompts stay")]
    public TimeSpan? Predictions { get; init; }

    /// <summary>Bytes that all predictions may take (Retention:PredictionsMiB); 0 for any number. Default: 4 GiB.</summary>
    [Setting("Retention:PredictionsMiB", "4096",
        "how much the predictions of all jobs may take before those of the sweep that ended first are deleted; 0 for any number")]
    public long PredictionBytes { get; init; } = DefaultMebibytes * 1024L * 1024;

    /// <summary>What is asked of the grain that deletes.</summary>
    internal PruneRequest Request => new()
    {
        Older = Sweeps,
        StoreBytes = StoreBytes,
        CheckpointsOlder = Checkpoints,
        PredictionsOlder = Predictions,
        PredictionBytes = PredictionBytes > 0 ? PredictionBytes : null,
    };

    /// <summary>Reads the settings, everything that is not set at its default.</summary>
    /// <exception cref="InvalidInputException">A setting has a value that cannot be used; the message names its key.</exception>
    internal static RetentionSettings From(SettingsReader reader) => new()
    {
        Checkpoints = reader.Age("Retention:Checkpoints"),
        Sweeps = reader.Age("Retention:Sweeps"),
        StoreBytes = reader.WholeNumber("Retention:StoreMiB", 1, int.MaxValue) * 1024L * 1024,
        Predictions = reader.Age("Retention:Predictions"),
        PredictionBytes = (reader.WholeNumber("Retention:PredictionsMiB", 0, int.MaxValue) ?? DefaultMebibytes) * 1024L * 1024,
    };
}
