using System.Net.Sockets;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Http;
using AdaptCluster.Storage;
using Orleans.Serialization;

namespace AdaptCluster.Client.Connection;

/// <summary>What a command wants of a silo.</summary>
internal enum ConnectionUse
{
    /// <summary>Run sweeps: an embedded silo has workers.</summary>
    Train,

    /// <summary>Run sweeps, and show them: an embedded silo has workers and the web page.</summary>
    TrainAndShow,

    /// <summary>Look or control: an embedded silo has none.</summary>
    Look,

    /// <summary>Only read: a store at rest needs no silo.</summary>
    Read,
}

/// <summary>
/// The grains, wherever they are: in a cluster, in another process that uses the same home folder, or in a silo inside this process.
/// </summary>
internal sealed class SweepConnection : IAsyncDisposable
{
    private readonly IAsyncDisposable _owned;
    private readonly IClusterClient? _silo;

    private SweepConnection(IClusterClient silo, IAsyncDisposable owned, Task<AdaptClusterException>? fault, bool clustered = false) =>
        (_silo, _owned, Fault, Clustered, Reads) = (silo, owned, fault, clustered, new GrainReads(silo));

    private SweepConnection(ISweepReads reads, HomeLock home) => (Reads, _owned) = (reads, new Shared(home));

    /// <summary>Ends when the embedded silo's workers cannot go on; null when the workers are elsewhere.</summary>
    public Task<AdaptClusterException>? Fault { get; }

    /// <summary>Whether the silo is in this process and ends with it.</summary>
    public bool Embedded => Fault is not null;

    /// <summary>Whether the silos belong to a cluster, where others take over from one that is lost.</summary>
    public bool Clustered { get; }

    /// <summary>The process that was joined because it holds the home; null in every other case.</summary>
    public HomeHolder? Holder { get; private init; }

    private string? Home { get; init; }

    /// <summary>
    /// Whether an error means that the process which holds the home has left, so that the command goes on by whoever holds it next.
    /// </summary>
    /// <param name="e">The error of a call.</param>
    /// <param name="cancellation">What the user cancelled is no loss.</param>
    public bool HasLeft(Exception e, CancellationToken cancellation)
    {
        if (Holder is null || cancellation.IsCancellationRequested) return false;
        // A silo that stops cuts its own grains' work off in various ways.
        return ConnectionLostException.Means(e) || (e is OperationCanceledException or SerializerException
            or AdaptClusterException { IsTransient: true } && HomeLock.Holder(Home!) != Holder);
    }

    /// <summary>Where the embedded silo's web page is; null where there is none.</summary>
    public Uri? Page { get; private init; }

    /// <summary>Reads sweeps, with a silo or without.</summary>
    public ISweepReads Reads { get; }

    private IClusterClient Client =>
        _silo ?? throw new InvalidOperationException($"A connection for {ConnectionUse.Read} calls no grains.");

    /// <summary>Planning, submission and listing.</summary>
    public IFrontGrain Front => Client.GetGrain<IFrontGrain>(0);

    /// <summary>Who uses the client, such as "ada@lab-3": for people, not for access.</summary>
    public static string UserName { get; } = CallerName.Shorten($"{Environment.UserName}@{Environment.MachineName}");

    /// <summary>Plans a spec in the user's name.</summary>
    /// <exception cref="AdaptClusterException">The spec is refused, or the silo has too many of the user's plans in progress.</exception>
    public Task<PlanPreview> PlanAsync(string spec, string source)
    {
        CallerName.Set(UserName);
        return Front.PlanAsync(spec, source);
    }

    /// <summary>One sweep.</summary>
    public ISweepGrain Sweep(SweepId id) => Client.GetGrain<ISweepGrain>(id.Value);

    /// <summary>One sweep's table.</summary>
    public ICoordinatorGrain Coordinator(SweepId id) => Client.GetGrain<ICoordinatorGrain>(id.Value);

    /// <summary>Opens a connection.</summary>
    /// <param name="cluster">Gateways or a PostgreSQL connection string, or null for the embedded mode.</param>
    /// <param name="use">What for.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="AdaptClusterException">Nobody answers, or the home folder cannot be used.</exception>
    public static async Task<SweepConnection> OpenAsync(string? cluster, ConnectionUse use, CancellationToken cancellation)
    {
        if (cluster is not null) return await JoinAsync(cluster, cancellation);
        var settings = SiloSettings.FromEnvironment();
        if (!HomeFolder.HasStore(settings) && use is ConnectionUse.Look or ConnectionUse.Read)
            throw new InvalidInputException(HomeFolder.NoSweep(settings));
        // Whoever holds the home is joined if it trains; one that only looks is gone in a moment.
        var wait = new HomeWait(settings.Home);
        while (true)
        {
            if (use == ConnectionUse.Read && await ReadAsync(settings) is { } reads) return reads;
            if (await StartOrJoinAsync(settings, use, cancellation) is { } connection) return connection;
            await wait.PauseAsync(cancellation);
        }
    }

    private static async Task<SweepConnection> JoinAsync(string cluster, CancellationToken cancellation)
    {
        var joined = await GatewayClient.JoinAsync(cluster, cancellation);
        return new SweepConnection(joined.Client, joined, fault: null, clustered: true);
    }

    /// <summary>
    /// Starts a silo in a home that nobody holds, or joins the one that holds it; null where neither can be done yet. Commands that only
    /// read load none of this.
    /// </summary>
    private static async Task<SweepConnection?> StartOrJoinAsync(SiloSettings settings, ConnectionUse use, CancellationToken cancellation)
    {
        if (HomeLock.TryTake(settings.Home, out var home))
        {
            var shows = use == ConnectionUse.TrainAndShow;
            if (use is ConnectionUse.Look or ConnectionUse.Read) settings = settings with { Workers = 0 };
            if (shows) settings = settings with { Http = FreeHttp(settings.Http) };
            var silo = await SiloHost.StartAsync(settings, home, cancellation, serves: shows);
            return new SweepConnection(silo.Client, silo, silo.Health.Fault) { Page = silo.Http };
        }
        return HomeLock.Holder(settings.Home) is { GatewayPort: not null } holder
            ? await TryJoinAsync(settings.Home, holder, cancellation) : null;
    }

    /// <summary>
    /// Runs what a command does. Where a call on a cluster takes too long, and a control silo says that the store is why, the error says so
    /// too.
    /// </summary>
    /// <exception cref="AdaptClusterException">The store does not answer.</exception>
    public async Task<T> ActAsync<T>(Func<SweepConnection, Task<T>> act)
    {
        try
        {
            return await act(this);
        }
        catch (TimeoutException e) when (Clustered)
        {
            ClusterStatus status;
            try
            {
                status = await Front.ClusterAsync();
            }
            catch (Exception other) when (other is OrleansException or TimeoutException)
            {
                throw new ConnectionLostException($"the silo does not answer ({e.Message.TrimEnd('.')}); is it running?", e);
            }
            if (status.Store is { Answers: false, Message: { } away }) throw new AdaptClusterException(away, e);
            throw;
        }
        // A grain's errors come in words that a user can read; those of a store that is read without one do not.
        catch (Exception e) when (_silo is null
            && e is JsonException or FormatException or IndexOutOfRangeException or InvalidCastException)
        {
            throw new AdaptClusterException(
                $"the store in {SiloSettings.FromEnvironment().Home} holds something that this program cannot read ({e.GetType().Name}: "
                + $"{e.Message.ReplaceLineEndings(" ").TrimEnd('.')}); restore it from a backup, or move it away to begin afresh.", e);
        }
        // The silo is in this process: nobody can start it, and Orleans' words would help nobody.
        catch (TimeoutException e) when (Embedded)
        {
            throw new AdaptClusterException(
                $"the store in {SiloSettings.FromEnvironment().Home} gave no answer within {GrainMessages.ResponseTimeout.TotalSeconds} s: "
                + "this machine or its disk is very busy. Run the same command again; finished jobs are kept.", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _owned.DisposeAsync();

    /// <summary>The settings, with a free port where another program has taken the one that nobody asked for.</summary>
    private static HttpSettings FreeHttp(HttpSettings? http)
    {
        if (http is null)
            throw new InvalidInputException(
                "--web: Http:Enabled (ADAPTCLUSTER_HTTP__ENABLED) is false; set it to true, or leave --web out.");
        if (!http.Page)
            throw new InvalidInputException("--web: Http:Page (ADAPTCLUSTER_HTTP__PAGE) is false; set it to true, or leave --web out.");
        // Nobody probes a command.
        http = http with { HasProbes = false };
        if (http.Port != HttpSettings.DefaultPort) return http;
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

    /// <summary>Opens the store of a home that no silo holds; null where it is held, or needs a silo.</summary>
    private static async Task<SweepConnection?> ReadAsync(SiloSettings settings)
    {
        if (!HomeLock.TryShare(settings.Home, out var home)) return null;
        try
        {
            if (await RestingStore.OpenAsync(settings.StoreFile, () => settings.Pool) is { } reads) return new SweepConnection(reads, home);
        }
        catch
        {
            home.Dispose();
            throw;
        }
        home.Dispose();
        return null;
    }

    /// <summary>A home that is shared with others who only read.</summary>
    private sealed class Shared(HomeLock home) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            home.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private static async Task<SweepConnection?> TryJoinAsync(string home, HomeHolder holder, CancellationToken cancellation)
    {
        try
        {
            var joined = await GatewayClient.JoinLocalAsync(holder.GatewayPort!.Value, cancellation);
            return new SweepConnection(joined.Client, joined, fault: null) { Home = home, Holder = holder };
        }
        catch (ConnectionLostException)
        {
            return null; // The holder has just ended, or its address is not its own any more.
        }
    }
}
