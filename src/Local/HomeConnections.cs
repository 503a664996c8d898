using System.Net.Sockets;
using AdaptCluster.Client.Connection;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Http;
using AdaptCluster.Storage;

namespace AdaptCluster.Local;

/// <summary>
/// Connects to the sweeps of a home: through the home's store, the process that holds the home, or a silo in this process.
/// </summary>
internal static class HomeConnections
{
    /// <summary>Opens a connection.</summary>
    /// <param name="all">The settings for the home and for a silo in it.</param>
    /// <param name="use">The purpose of the connection.</param>
    /// <param name="say">A callback that receives a message about the wait, if it is long enough to be noticed.</param>
    /// <param name="cancellation">A token that cancels the attempt.</param>
    /// <exception cref="AdaptClusterException">The home folder cannot be used, or the process that holds it does not respond.</exception>
    public static async Task<SweepConnection> OpenAsync(
        HostSettings all, ConnectionUse use, Func<string, Task> say, CancellationToken cancellation)
    {
        var settings = all.Silo;
        if (!HomeFolder.HasStore(settings) && use is ConnectionUse.Look or ConnectionUse.Read)
            throw new InvalidInputException(HomeFolder.NoSweep(settings));
        // A holder that trains has a gateway to connect to; a holder that only reads exits soon.
        var wait = new HomeWait(settings.Home, say, TimeProvider.System);
        while (true)
        {
            if (use == ConnectionUse.Read && await ReadAsync(settings) is { } reads) return reads;
            if (await StartOrJoinAsync(all, use, wait, cancellation) is { } connection) return connection;
            await wait.PauseAsync(cancellation);
        }
    }

    /// <summary>
    /// Starts a silo in a home that no process holds, or connects to the process that holds it; returns null if neither is possible yet.
    /// This is a separate method so that commands that only read do not load its code.
    /// </summary>
    private static async Task<SweepConnection?> StartOrJoinAsync(
        HostSettings all, ConnectionUse use, HomeWait wait, CancellationToken cancellation)
    {
        var settings = all.Silo;
        if (HomeLock.TryTake(settings.Home, out var home))
        {
            if (use is ConnectionUse.Look or ConnectionUse.Read) settings = settings with { Workers = 0 };
            var serving = use == ConnectionUse.TrainAndShow ? all.Serving with { Http = FreeHttp(all.Serving.Http) } : null;
            var silo = await SiloHost.StartAsync(settings, home, cancellation, serving: serving);
            return SweepConnection.OfSilo(silo.Client, silo, silo.Health.Fault, settings.Home, silo.Http);
        }
        return HomeLock.Holder(settings.Home) is { GatewayPort: not null } holder
            ? await wait.AnswerAsync(holder, TryJoinAsync(settings.Home, holder, cancellation)) : null;
    }

    /// <summary>
    /// Returns the HTTP settings. If the port is in use, it is replaced by a free one, unless the port was configured for this process.
    /// </summary>
    /// <param name="http">The settings; null if HTTP is disabled.</param>
    /// <param name="ownPort">
    /// Whether a configured port is meant for this process; otherwise the process that runs the sweeps may be using it.
    /// </param>
    /// <exception cref="InvalidInputException">HTTP or the page is disabled.</exception>
    internal static HttpSettings FreeHttp(HttpSettings? http, bool ownPort = true)
    {
        if (http is null)
            throw new InvalidInputException(
                "--web: Http:Enabled (ADAPTCLUSTER_HTTP__ENABLED) is false; set it to true, or leave out --web.");
        if (!http.Page)
            throw new InvalidInputException("--web: Http:Page (ADAPTCLUSTER_HTTP__PAGE) is false; set it to true, or leave out --web.");
        // Only services are probed, not commands.
        http = http with { HasProbes = false };
        if (ownPort && http.Port != HttpSettings.DefaultPort) return http;
        try
        {
            using var listener = new TcpListener(http.Address, http.Port);
            listener.Start();
            return http;
        }
        catch (SocketException)
        {
            return http with { Port = 0 };
        }
    }

    /// <summary>
    /// Opens the store of a home that no silo holds; returns null if a silo holds the home, or if the store needs a silo.
    /// </summary>
    private static async Task<SweepConnection?> ReadAsync(SiloSettings settings)
    {
        if (!HomeLock.TryShare(settings.Home, out var home)) return null;
        try
        {
            if (await OfflineStore.OpenAsync(settings.StoreFile, () => settings.Pool) is { } reads)
                return SweepConnection.OfStore(reads, new Shared(home), settings.Home);
        }
        catch
        {
            home.Dispose();
            throw;
        }
        home.Dispose();
        return null;
    }

    private static async Task<SweepConnection?> TryJoinAsync(string home, HomeHolder holder, CancellationToken cancellation)
    {
        try
        {
            var joined = await GatewayClient.JoinLocalAsync(holder.GatewayPort!.Value, cancellation);
            var process = new JoinedProcess(holder, () => HomeLock.Holder(home) != holder);
            if (!process.HasLeft()) return SweepConnection.OfHolder(joined, process);
            // The holder is leaving, or its port now belongs to another home's silo.
            await joined.DisposeAsync();
            return null;
        }
        catch (ConnectionLostException)
        {
            return null; // The holder has just exited, or another process now uses its address.
        }
    }

    /// <summary>A shared lock on a home folder, which is released on disposal.</summary>
    private sealed class Shared(HomeLock home) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            home.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
