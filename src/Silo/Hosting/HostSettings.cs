using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Http;
using AdaptCluster.Silo.Kubernetes;
using AdaptCluster.Silo.Logs;
using AdaptCluster.Silo.Telemetry;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// All settings of a silo. Each feature reads and checks its own settings. This record combines them, so that unknown keys can be refused.
/// </summary>
/// <param name="Silo">The settings of the silo itself.</param>
/// <param name="Serving">The settings of a silo that runs as a server.</param>
[Setting("Cluster", "none", "gateways (`host:30000,...`) or the connection string of a cluster that commands join instead of running an "
    + "embedded silo")]
public sealed record HostSettings(SiloSettings Silo, ServingSettings Serving)
{
    /// <summary>
    /// Reads the settings from appsettings.json in the current folder and from environment variables. Settings that are not set keep their
    /// defaults.
    /// </summary>
    /// <exception cref="InvalidInputException">A setting has an invalid value; the message names its key.</exception>
    public static HostSettings FromEnvironment() => From(new SettingsReader(Directory.GetCurrentDirectory()));

    internal static HostSettings From(SettingsReader reader)
    {
        var settings = new HostSettings(
            SiloSettings.From(reader), new ServingSettings(HttpSettings.From(reader), OtlpSettings.From(reader))
            {
                Logs = LogSettings.From(reader),
                Pod = PodSettings.From(reader),
            });
        // This key belongs to the client, but has the same prefix.
        reader.Text("Cluster");
        RefuseUnknown(reader);
        return settings;
    }

    private static void RefuseUnknown(SettingsReader reader)
    {
        if (reader.Unknown.FirstOrDefault() is not { } key) return;
        var nearest = reader.Known.MinBy(known => EditDistance.Between(known, key));
        throw new InvalidInputException(
            $"{SettingsReader.FileName}: AdaptCluster:{key} is unknown; did you mean AdaptCluster:{nearest}?");
    }
}
