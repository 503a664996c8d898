using System.Net;
using System.Net.Sockets;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Grains;
using AdaptCluster.Silo.Library;
using AdaptCluster.Silo.Workers;
using Orleans.Configuration;

namespace AdaptCluster.Silo.Hosting;

/// <summary>One silo in this process: grains, store, workers, and a gateway on the loopback interface that other commands join.</summary>
public sealed class SiloHost : IAsyncDisposable
{
    /// <summary>The Orleans cluster id of silos without a cluster.</summary>
    public const string LocalCluster = "adaptcluster-local";

    private readonly IHost _host;
    private readonly HomeLock _home;

    private SiloHost(IHost host, HomeLock home, int gatewayPort) => (_host, _home, GatewayPort) = (host, home, gatewayPort);

    /// <summary>Calls grains of this silo.</summary>
    public IClusterClient Client => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Whether the workers can go on.</summary>
    public WorkerHealth Health => _host.Services.GetRequiredService<WorkerHealth>();

    /// <summary>Where clients connect.</summary>
    public int GatewayPort { get; }

    /// <summary>Starts a silo.</summary>
    /// <param name="settings">How it runs.</param>
    /// <param name="home">Its home folder; the silo frees it when it is disposed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Contracts.AdaptClusterException">The store or the device cannot be used.</exception>
    public static async Task<SiloHost> StartAsync(SiloSettings settings, HomeLock home, CancellationToken cancellation)
    {
        var siloPort = settings.SiloPort == 0 ? FreePort() : settings.SiloPort;
        var gatewayPort = settings.GatewayPort == 0 ? FreePort() : settings.GatewayPort;
        var host = Build(settings, siloPort, gatewayPort);
        try
        {
            await GrainServices.PrepareStoreAsync(host.Services);
            await host.StartAsync(cancellation);
            home.Publish(gatewayPort);
            return new SiloHost(host, home, gatewayPort);
        }
        catch
        {
            host.Dispose();
            home.Dispose();
            throw;
        }
    }

    /// <summary>Runs until the process is told to end.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation) => _host.WaitForShutdownAsync(cancellation);

    /// <summary>Ends the silo: workers stop within one iteration and hand their jobs back, sweeps that were running are marked as interrupted.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        try
        {
            await GrainServices.ReleaseStoreAsync(_host.Services);
        }
        finally
        {
            _host.Dispose();
            _home.Dispose();
        }
    }

    private static IHost Build(SiloSettings settings, int siloPort, int gatewayPort)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(settings.Verbose ? LogLevel.Information : LogLevel.None);
        if (settings.Verbose) builder.Logging.AddSimpleConsole(o => o.SingleLine = true).AddFilter("Orleans", LogLevel.Warning);
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);

        builder.Services.AddSweepGrains(settings.StoreFile, queue => queue.Pool = Pool(settings));
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<TrainingLibrary>();
        builder.Services.AddSingleton<ICatalog, Catalog>();
        builder.Services.AddTransient<IJobExecutor, TrainingExecutor>();
        builder.Services.AddTransient<JobRun>();
        builder.Services.AddSingleton<WorkerHealth>();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort, gatewayPort, serviceId: LocalCluster, clusterId: LocalCluster)
            .Configure<GrainCollectionOptions>(o => o.CollectionAge = TimeSpan.FromHours(2)));
        // After Orleans, so that the workers start when the silo runs and stop before it does.
        for (var i = 1; i <= settings.Workers; i++)
        {
            var name = $"{Environment.MachineName}/{settings.Device}:{i}";
            builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<Worker>(services, name, Pool(settings)));
        }
        // A worker stops within one iteration and then writes; ten times that is left for slow disks.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));
        return builder.Build();
    }

    private static string Pool(SiloSettings settings) => settings.Device == "cpu" ? "cpu" : "gpu";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
