using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Retention;

namespace AdaptCluster.Silo.Configuration;

/// <summary>The retention rules of silos that host grains. By default, only predictions beyond 4 GiB are deleted.</summary>
public sealed record RetentionSettings
{
    private const int DefaultMebibytes = 4096;

    /// <summary>
    /// How long after the end of a sweep the checkpoints of its jobs without a result are deleted (Retention:Checkpoints). Default: never.
    /// </summary>
    [Setting("Retention:Checkpoints", "none: kept forever",
        "the age, such as `7d`, at which the checkpoints of failed or cancelled jobs are deleted, counted from the end of their sweep; "
        + "`sweep retry` then starts these jobs from the beginning")]
    public TimeSpan? Checkpoints { get; init; }

    /// <summary>How long after its end a sweep is deleted (Retention:Sweeps). Default: never.</summary>
    [Setting("Retention:Sweeps", "none: kept forever",
        "the age, such as `90d`, at which a sweep is deleted, counted from its end ([operations.md](operations.md#what-is-kept))")]
    public TimeSpan? Sweeps { get; init; }

    /// <summary>
    /// The maximum total size of all sweeps, in bytes (Retention:StoreMiB). Above it, the oldest ended sweeps are deleted. Default: no
    /// limit.
    /// </summary>
    [Setting("Retention:StoreMiB", "none: no limit",
        "the maximum total size of all sweeps; above it, ended sweeps are deleted in the order in which they were submitted. "
        + "Database overhead on disk is not counted")]
    public long? StoreBytes { get; init; }

    /// <summary>How long after the end of a sweep its jobs' predictions are deleted (Retention:Predictions). Default: never.</summary>
    [Setting("Retention:Predictions", "none: kept forever",
        "the age, such as `30d`, at which the predictions of a sweep's jobs are deleted, counted from its end; results and prompts stay")]
    public TimeSpan? Predictions { get; init; }

    /// <summary>The maximum total size of all predictions, in bytes (Retention:PredictionsMiB); 0 for no limit. Default: 4 GiB.</summary>
    [Setting("Retention:PredictionsMiB", "4096",
        "the maximum total size of all predictions; above it, the predictions of sweeps that ended first are deleted; 0 for no limit")]
    public long PredictionBytes { get; init; } = DefaultMebibytes * 1024L * 1024;

    /// <summary>The request to the retention grain.</summary>
    internal PruneRequest Request => new()
    {
        Older = Sweeps,
        StoreBytes = StoreBytes,
        CheckpointsOlder = Checkpoints,
        PredictionsOlder = Predictions,
        PredictionBytes = PredictionBytes > 0 ? PredictionBytes : null,
    };

    /// <summary>Reads the settings. Settings that are not set keep their defaults.</summary>
    /// <exception cref="InvalidInputException">A setting has an invalid value; the message names its key.</exception>
    internal static RetentionSettings From(SettingsReader reader) => new()
    {
        Checkpoints = reader.Age("Retention:Checkpoints"),
        Sweeps = reader.Age("Retention:Sweeps"),
        StoreBytes = reader.WholeNumber("Retention:StoreMiB", 1, int.MaxValue) * 1024L * 1024,
        Predictions = reader.Age("Retention:Predictions"),
        PredictionBytes = (reader.WholeNumber("Retention:PredictionsMiB", 0, int.MaxValue) ?? DefaultMebibytes) * 1024L * 1024,
    };
}
