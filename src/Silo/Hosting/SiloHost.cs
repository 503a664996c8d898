using System.Net;
using System.Net.Sockets;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Grains;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Http;
using AdaptCluster.Silo.Kubernetes;
using AdaptCluster.Silo.Library;
using AdaptCluster.Silo.Logs;
using AdaptCluster.Silo.Security;
using AdaptCluster.Silo.Telemetry;
using AdaptCluster.Silo.Workers;
using AdaptCluster.Storage;
using AdaptCluster.Web.Jobs;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// One silo in this process: grains, store, workers, and a gateway for clients. A standalone silo owns a home folder with a SQLite store
/// and listens only on the loopback interface. In a cluster, it shares a PostgreSQL store with the other silos.
/// </summary>
public sealed class SiloHost : IAsyncDisposable
{
    /// <summary>
    /// The maximum number of times that an embedded silo's worker tries to write to the store, over about 6 seconds. In a cluster, workers
    /// keep trying until the store is repaired.
    /// </summary>
    private const int EmbeddedAttempts = 6;

    private readonly IHost _host;
    private readonly HomeLock? _home;

    private SiloHost(IHost host, HomeLock? home, IPEndPoint? gateway) => (_host, _home, Gateway) = (host, home, gateway);

    /// <summary>A client for calling this silo's grains.</summary>
    public IClusterClient Client => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>The health of the workers.</summary>
    public WorkerHealth Health => _host.Services.GetRequiredService<WorkerHealth>();

    /// <summary>The address that clients connect to; null for a silo without a gateway.</summary>
    public IPEndPoint? Gateway { get; }

    /// <summary>The address for HTTP; null for a silo without HTTP.</summary>
    public Uri? Http => SiloHttp.Listeners(_host)?.Main;

    /// <summary>The address for probes; null for a silo without a separate probe listener.</summary>
    public Uri? HttpProbes => SiloHttp.Listeners(_host)?.Health;

    /// <summary>Starts a standalone silo.</summary>
    /// <param name="settings">The silo's settings.</param>
    /// <param name="home">The lock on the silo's home folder. The silo releases it when the silo is disposed.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <param name="replace">Replaces services, for benchmarks and tests.</param>
    /// <param name="serving">The settings for HTTP and traces; null for a silo inside a command.</param>
    /// <exception cref="AdaptClusterException">The store, the device or the port cannot be used.</exception>
    public static async Task<SiloHost> StartAsync(
        SiloSettings settings, HomeLock home, CancellationToken cancellation,
        Action<IServiceCollection>? replace = null, ServingSettings? serving = null)
    {
        try
        {
            return await OnPortsAsync(0, settings.LocalGatewayPort, "--gateway-port", (siloPort, gatewayPort) =>
                StartAsync(settings, home, siloPort, gatewayPort, replace, serving, cancellation));
        }
        catch
        {
            home.Dispose();
            throw;
        }
    }

    private static async Task<SiloHost> StartAsync(
        SiloSettings settings, HomeLock home, int siloPort, int gatewayPort, Action<IServiceCollection>? replace, ServingSettings? serving,
        CancellationToken cancellation)
    {
        IHost? host = null;
        try
        {
            host = Build(settings, serving, StoreDatabase.Sqlite(settings.StoreFile), EmbeddedAttempts, replace, silo => silo
                // No other silo can run the jobs instead.
                .Configure<QueueOptions>(o => (o.QuarantineAfter, o.LongestRetryDelay) = (int.MaxValue, o.RetryDelay))
                .UseLocalhostClustering(siloPort, gatewayPort, serviceId: ClusterJoin.LocalCluster, clusterId: ClusterJoin.LocalCluster)
                .UseInMemoryReminderService());
            await StoreServices.MigrateStoreAsync(host.Services);
            await StoreServices.ClaimSweepsAsync(host.Services);
            await StoreServices.ReleaseStoreAsync(host.Services);
            await SiloHttp.StartAsync(host, cancellation);
            // Runs before the gateway closes, so that processes that start later wait for the home folder.
            host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(home.Withdraw);
            if (settings.Workers > 0) home.Publish(gatewayPort);
            return new SiloHost(host, home, new IPEndPoint(IPAddress.Loopback, gatewayPort));
        }
        catch
        {
            host?.Dispose();
            throw;
        }
    }

    /// <summary>Starts a silo of a cluster.</summary>
    /// <param name="settings">The silo's settings.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <param name="replace">Replaces services, for benchmarks and tests.</param>
    /// <param name="serving">The settings for HTTP and traces; null to disable both.</param>
    /// <exception cref="AdaptClusterException">The store, the device or a port cannot be used.</exception>
    public static Task<SiloHost> JoinAsync(
        SiloSettings settings, ClusterSettings cluster, CancellationToken cancellation,
        Action<IServiceCollection>? replace = null, ServingSettings? serving = null) =>
        OnPortsAsync(cluster.SiloPort, settings.HostsGrains ? cluster.GatewayPort : null,
            $"{SettingsReader.Name(ClusterSettings.SiloPortKey)}, {SettingsReader.Name(ClusterSettings.GatewayPortKey)}",
            (siloPort, gatewayPort) => JoinAsync(settings, cluster, siloPort, gatewayPort, replace, serving, cancellation));

    private static async Task<SiloHost> JoinAsync(
        SiloSettings settings, ClusterSettings cluster, int siloPort, int gatewayPort, Action<IServiceCollection>? replace,
        ServingSettings? serving, CancellationToken cancellation)
    {
        var store = cluster.Store.For(settings.Name, settings.HostsGrains);
        var host = Build(settings, serving, store, attempts: null, replace, silo => silo
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (cluster.Id, cluster.ServiceId))
            .Configure<SiloOptions>(o => o.SiloName = settings.Name)
            .Configure<ClusterMembershipOptions>(o => o.ProbeTimeout = cluster.ProbeEvery)
            .ConfigureEndpoints(cluster.Address, siloPort, gatewayPort)
            .Configure<EndpointOptions>(o => ListenOnAny(o, cluster))
            .UseTls(cluster.Tls)
            .UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (ClusterJoin.Invariant, store.OrleansConnectionString))
            .UseAdoNetReminderService(o => (o.Invariant, o.ConnectionString) = (ClusterJoin.Invariant, store.OrleansConnectionString)));
        try
        {
            await StoreServices.CheckStoreAsync(host.Services);
            await StoreServices.ClaimSweepsAsync(host.Services);
            await SiloHttp.StartAsync(host, cancellation);
            return new SiloHost(host, null, gatewayPort == 0 ? null : new IPEndPoint(cluster.Address, gatewayPort));
        }
        // Orleans accesses its membership table itself, so its errors are translated here.
        catch (Exception e) when (e is not AdaptClusterException && StoreServices.StoreFault(e) is { } fault)
        {
            host.Dispose();
            throw fault;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the process is told to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation) => _host.WaitForShutdownAsync(cancellation);

    /// <summary>
    /// Stops the silo. Workers stop within one iteration and hand back their jobs, and then the silo leaves the cluster. A standalone silo
    /// marks running sweeps as interrupted.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        try
        {
            if (_home is not null) await StoreServices.ReleaseStoreAsync(_host.Services);
        }
        finally
        {
            _host.Dispose();
            _home?.Dispose();
        }
    }

    private static IHost Build(SiloSettings settings, ServingSettings? serving, StoreDatabase store, int? attempts,
        Action<IServiceCollection>? replace, Action<ISiloBuilder> configure)
    {
        if (serving?.Http is not { } http)
        {
            var plain = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            Configure(plain, settings, serving, store, attempts, replace, configure);
            return plain.Build();
        }
        var page = settings.HostsGrains && http.Page;
        var web = SiloHttp.CreateBuilder(http, page);
        web.Services.AddSiloHealth(settings).AddSiloMetrics(settings);
        Configure(web, settings, serving, store, attempts, replace, configure);
        var app = web.Build();
        SiloHttp.Map(app, page);
        return app;
    }

    private static void Configure(IHostApplicationBuilder builder, SiloSettings settings, ServingSettings? serving, StoreDatabase store,
        int? attempts, Action<IServiceCollection>? replace, Action<ISiloBuilder> configure)
    {
        builder.Logging.SetMinimumLevel(settings.Verbose ? LogLevel.Information : LogLevel.None);
        if (settings.Verbose) builder.Logging.AddSiloLogs(serving?.Logs ?? new LogSettings());

        builder.Services.AddSweepGrains(store, queue =>
            (queue.Pool, queue.OtherNames, queue.LeaseDuration, queue.RenewEvery, queue.StallAfter, queue.StopWithin) =
                (settings.Pool, settings.OtherPoolNames, settings.LeaseDuration, settings.RenewEvery, settings.StallAfter,
                    settings.StopWithin));
        builder.Services.Configure<QuotaOptions>(o => (o.Person, o.Groups, o.FairByPerson) =
            (settings.Quota.Person, settings.Quota.Groups, settings.Quota.FairByPerson));
        builder.Services.Configure<SweepGaugeOptions>(o => o.MaxSeries = settings.Telemetry.SweepSeries);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<TrainingLibrary>();
        builder.Services.AddSingleton<ICatalog, Catalog>().AddSingleton(settings.KnownMethods);
        builder.Services.AddSingleton<IJobImages, JobImages>();
        builder.Services.AddTransient<IJobExecutor, TrainingExecutor>();
        builder.Services.AddSingleton<WorkerInstruments>();
        builder.Services.AddTransient<PackRun>();
        builder.Services.AddSingleton(services => new RetryPolicy(attempts, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<WorkerHealth>().AddSingleton<IWorkerGrains, WorkerGrains>();
        if (serving?.Otlp is { } otlp) builder.AddSiloTraces(settings, otlp);
        if (serving?.Pod is { } pod) builder.Services.AddSingleton(pod).AddHostedService<PodDeletionCost>();
        builder.UseOrleans(silo =>
        {
            configure(silo);
            silo.Configure<SiloMessagingOptions>(o =>
                (o.MaxMessageBodySize, o.ResponseTimeout) = (GrainMessages.MaxBytes, GrainMessages.ResponseTimeout));
            if (serving?.Otlp is not null) silo.AddActivityPropagation();
            // The dashboard's grain may be activated on any serving silo, so all of them register it, whether or not they show it.
            if (serving is not null) silo.AddDashboard();
            silo.UseSiloMetadata(SiloMetadata.Of(settings));
        });
        // Registered after Orleans, so that the workers start once the silo runs and stop before it does.
        var environment = settings.Workers > 0 ? ProcessEnvironment.Describe(settings) : null;
        for (var i = 1; i <= settings.Workers; i++)
        {
            var identity = new WorkerIdentity(settings.Name, $"{settings.Name}/{settings.Device}:{i}", settings.Pool, environment!,
                ProcessEnvironment.Offer(settings));
            builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<Worker>(services, identity));
        }
        if (settings.HostsGrains)
        {
            builder.Services.AddHostedService(services =>
                ActivatorUtilities.CreateInstance<RetentionService>(services, settings.Retention.Request));
        }
        // A worker stops within one iteration and then writes. The timeout is about ten times as long, for slow disks.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));
        replace?.Invoke(builder.Services);
    }

    /// <summary>
    /// Starts a silo on the given ports, picking a free port for each port that is 0. Retries, because another program may take a free port
    /// before the silo does.
    /// </summary>
    private static async Task<SiloHost> OnPortsAsync(int siloPort, int? gatewayPort, string settings, Func<int, int, Task<SiloHost>> start)
    {
        const int most = 5;
        for (var attempt = 1; ; attempt++)
        {
            var (silo, gateway) = (siloPort == 0 ? FreePort() : siloPort, gatewayPort == 0 ? FreePort() : gatewayPort ?? 0);
            try
            {
                return await start(silo, gateway);
            }
            catch (AddressInUseException e)
            {
                if (attempt < most && (siloPort == 0 || gatewayPort == 0)) continue;
                throw new InvalidInputException(
                    $"{settings}: another program listens on port {silo}{(gateway == 0 ? "" : $" or {gateway}")}; set another port.", e);
            }
        }
    }

    /// <summary>Makes the silo listen on every interface, with IPv4 and IPv6. Orleans' own option covers only IPv4.</summary>
    private static void ListenOnAny(EndpointOptions endpoints, ClusterSettings cluster)
    {
        if (!cluster.ListenOnAnyAddress) return;
        endpoints.SiloListeningEndpoint = new IPEndPoint(Wildcard.Any, endpoints.SiloPort);
        endpoints.GatewayListeningEndpoint = endpoints.GatewayPort == 0 ? null : new IPEndPoint(Wildcard.Any, endpoints.GatewayPort);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
