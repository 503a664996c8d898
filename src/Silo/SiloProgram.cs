using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Logs;

namespace AdaptCluster.Silo;

/// <summary>
/// Runs a silo in the foreground: as a member of a cluster if Store:ConnectionString is set, otherwise standalone with its own home folder.
/// </summary>
public static class SiloProgram
{
    /// <summary>Runs the silo until the process is told to stop. The silo then hands back its work and shuts down.</summary>
    /// <param name="all">The settings.</param>
    /// <param name="log">Receives the startup message and, if the silo has to wait before it starts, a message about the reason.</param>
    /// <param name="cancellation">Stops the silo.</param>
    /// <exception cref="AdaptClusterException">The silo cannot start.</exception>
    public static async Task RunAsync(HostSettings all, TextWriter log, CancellationToken cancellation)
    {
        var (settings, serving) = all;
        await using var silo = settings.Cluster is { } cluster
            ? await SiloHost.JoinAsync(settings, cluster, cancellation, serving: serving)
            : await AloneAsync(settings, serving, log, cancellation);
        var gateway = silo.Gateway is { } endpoint ? $"gateway {endpoint}" : "no gateway";
        var http = silo.Http is { } address ? address.GetLeftPart(UriPartial.Authority) : "no http";
        var store = settings.Cluster is { } shared ? $"{shared.Store}, cluster {shared.Id}" : settings.Home;
        await log.WriteMessageAsync(serving.Logs,
            $"silo ready: {settings.Name} ({settings.Role}), {gateway}, {http}, pool {settings.Pool}, {settings.Workers} workers on "
            + $"{settings.Device}, store "
            + $"{store}{(silo.HttpProbes is { } probes ? $", health {probes.GetLeftPart(UriPartial.Authority)}" : "")}");
        var stopped = silo.WaitForShutdownAsync(cancellation);
        if (await Task.WhenAny(stopped, silo.Health.Abandoned) != stopped) throw await silo.Health.Abandoned;
        await stopped;
    }

    private static async Task<SiloHost> AloneAsync(
        SiloSettings settings, ServingSettings serving, TextWriter log, CancellationToken cancellation)
    {
        var wait = new HomeWait(settings.Home, words => log.WriteMessageAsync(serving.Logs, words), TimeProvider.System);
        HomeLock? home;
        while (!HomeLock.TryTake(settings.Home, out home))
        {
            // A holder with a gateway is a running silo. Any other holder is starting, stopping or only reading.
            if (HomeLock.Holder(settings.Home) is { GatewayPort: not null } holder)
                throw new AdaptClusterException(
                    $"{settings.Home} is held by process {holder.ProcessId}; stop it, or set ADAPTCLUSTER_HOME to another folder.");
            await wait.PauseAsync(cancellation);
        }
        return await SiloHost.StartAsync(settings, home, cancellation, serving: serving);
    }
}
