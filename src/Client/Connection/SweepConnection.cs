using System.Net;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace AdaptCluster.Client.Connection;

/// <summary>What a command wants of a silo.</summary>
internal enum ConnectionUse
{
    /// <summary>Run sweeps: an embedded silo has workers.</summary>
    Train,

    /// <summary>Look or control: an embedded silo has none.</summary>
    Look,
}

/// <summary>The grains, wherever they are: in a cluster, in another process that uses the same home folder, or in a silo inside this process.</summary>
internal sealed class SweepConnection : IAsyncDisposable
{
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(15);
    private readonly IAsyncDisposable _owned;
    private readonly IClusterClient _client;

    private SweepConnection(IClusterClient client, IAsyncDisposable owned, Task<AdaptClusterException>? fault) =>
        (_client, _owned, Fault) = (client, owned, fault);

    /// <summary>Ends when the embedded silo's workers cannot go on; null when the workers are elsewhere.</summary>
    public Task<AdaptClusterException>? Fault { get; }

    /// <summary>Planning, submission and listing.</summary>
    public IFrontGrain Front => _client.GetGrain<IFrontGrain>(0);

    /// <summary>One sweep.</summary>
    public ISweepGrain Sweep(SweepId id) => _client.GetGrain<ISweepGrain>(id.Value);

    /// <summary>One sweep's table.</summary>
    public ICoordinatorGrain Coordinator(SweepId id) => _client.GetGrain<ICoordinatorGrain>(id.Value);

    /// <summary>Opens a connection.</summary>
    /// <param name="cluster">Gateways, or null for the embedded mode.</param>
    /// <param name="use">What for.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="AdaptClusterException">Nobody answers, or the home folder cannot be used.</exception>
    public static async Task<SweepConnection> OpenAsync(string? cluster, ConnectionUse use, CancellationToken cancellation)
    {
        if (cluster is not null) return await JoinAsync(Gateways(cluster), cluster, cancellation);
        var settings = SiloSettings.FromEnvironment();
        if (use == ConnectionUse.Look && !File.Exists(settings.StoreFile))
            throw new InvalidInputException($"there is no sweep yet in {settings.Home}; 'sweep submit FILE' makes one, and ADAPTCLUSTER_HOME names another folder.");
        if (HomeLock.TryTake(settings.Home, out var home))
        {
            var silo = await SiloHost.StartAsync(use == ConnectionUse.Train ? settings : settings with { Workers = 0 }, home, cancellation);
            return new SweepConnection(silo.Client, silo, silo.Health.Fault);
        }
        return await JoinHolderAsync(settings.Home, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _owned.DisposeAsync();

    private static async Task<SweepConnection> JoinHolderAsync(string home, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(JoinTimeout);
        try
        {
            while (true)
            {
                if (HomeLock.GatewayPort(home) is { } port) return await JoinAsync([new(IPAddress.Loopback, port)], home, deadline.Token);
                await Task.Delay(100, deadline.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new AdaptClusterException($"{home} is held by another process that does not answer; wait until it ends, or name another folder by ADAPTCLUSTER_HOME.", e);
        }
    }

    private static async Task<SweepConnection> JoinAsync(IPEndPoint[] gateways, string where, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client
            .UseStaticClustering(gateways)
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (SiloHost.LocalCluster, SiloHost.LocalCluster)));
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
            return new SweepConnection(host.Services.GetRequiredService<IClusterClient>(), new OwnedHost(host), null);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            host.Dispose();
            throw new AdaptClusterException($"nobody answers at {where}; is the silo running ('sweep serve')?", e);
        }
    }

    private static IPEndPoint[] Gateways(string cluster) => [.. cluster.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(text =>
    {
        var cut = text.LastIndexOf(':');
        if (cut < 1 || !ushort.TryParse(text[(cut + 1)..], out var port)) throw new InvalidInputException($"--cluster: found '{text}'; write host:port, such as localhost:30000.");
        if (IPAddress.TryParse(text[..cut], out var address)) return new IPEndPoint(address, port);
        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(text[..cut])[0], port);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new InvalidInputException($"--cluster: host '{text[..cut]}' is not known ({e.Message}).", e);
        }
    })];

    private sealed class OwnedHost(IHost host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }
}
