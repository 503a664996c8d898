using AdaptCluster.Connections;

namespace AdaptCluster.Silo.Configuration;

/// <summary>How long a silo that hosts the grains keeps what jobs predicted (Retention:Predictions*).</summary>
public sealed record PredictionSettings
{
    private const string DaysKey = "Retention:PredictionsDays", BytesKey = "Retention:PredictionsMiB";

    private const int DefaultMebibytes = 4096;

    /// <summary>
    /// How long the predictions of an ended sweep stay (Retention:PredictionsDays). Default: for ever, as far as
    /// <see cref="Bytes"/> allows.
    /// </summary>
    [Setting(DaysKey, "none: they stay", "days after which the predictions of an ended sweep's jobs are deleted; results and prompts stay")]
    public TimeSpan? Age { get; init; }

    /// <summary>
    /// Bytes that all predictions may take before those of the sweep that ended first are deleted (Retention:PredictionsMiB). Default:
    /// 4 GiB.
    /// </summary>
    [Setting(BytesKey, "4096", "mebibytes that the predictions of all jobs may take in the store; beyond them, those of the sweep that "
        + "ended first are deleted")]
    public long Bytes { get; init; } = DefaultMebibytes * 1024L * 1024;

    /// <summary>Reads the settings, everything that is not set at its default.</summary>
    /// <exception cref="Contracts.InvalidInputException">A setting has a value that cannot be used; the message names its key.</exception>
    internal static PredictionSettings From(SettingsReader reader) => new()
    {
        Age = reader.WholeNumber(DaysKey, 1, 36_500) is { } days ? TimeSpan.FromDays(days) : null,
        Bytes = (reader.WholeNumber(BytesKey, 1, int.MaxValue) ?? DefaultMebibytes) * 1024L * 1024,
    };
}
