using System.Text.Json;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Retention;
using AdaptCluster.Contracts.Sweeps;
using Orleans.Serialization;

namespace AdaptCluster.Client.Connection;

/// <summary>
/// The grains, wherever they are: in a cluster, in another process that uses the same home folder, or in a silo inside this process.
/// </summary>
internal sealed class SweepConnection : IAsyncDisposable
{
    private readonly IAsyncDisposable _owned;
    private readonly IClusterClient? _silo;

    private SweepConnection(IClusterClient? silo, ISweepReads reads, IAsyncDisposable owned) =>
        (_silo, Reads, _owned) = (silo, reads, owned);

    /// <summary>Ends when the embedded silo's workers cannot go on; null when the workers are elsewhere.</summary>
    public Task<AdaptClusterException>? Fault { get; private init; }

    /// <summary>Whether the silo is in this process and ends with it.</summary>
    public bool Embedded => Fault is not null;

    /// <summary>Whether the silos belong to a cluster, where others take over from one that is lost.</summary>
    public bool Clustered { get; private init; }

    /// <summary>The process that was joined because it holds the home; null in every other case.</summary>
    public JoinedProcess? Holder { get; private init; }

    /// <summary>Where the embedded silo's web page is; null where there is none.</summary>
    public Uri? Page { get; private init; }

    /// <summary>Reads sweeps, with a silo or without.</summary>
    public ISweepReads Reads { get; }

    private string? Home { get; init; }

    /// <summary>The client; what is called by it says who calls.</summary>
    private IClusterClient Client
    {
        get
        {
            new Caller(Embedded ? CallerWay.Embedded : CallerWay.Gateway, UserName).Apply();
            return _silo ?? throw new InvalidOperationException($"A connection for {ConnectionUse.Read} calls no grains.");
        }
    }

    /// <summary>Planning, submission and listing.</summary>
    public IFrontGrain Front => Client.GetGrain<IFrontGrain>(0);

    /// <summary>Who uses the client, such as "ada@lab-3": for people, not for access.</summary>
    public static string UserName { get; } = CallerName.Shorten($"{Environment.UserName}@{Environment.MachineName}");

    /// <summary>A connection to a cluster.</summary>
    /// <param name="joined">The client, which ends with the connection.</param>
    public static SweepConnection OfCluster(GatewayClient joined) =>
        new(joined.Client, new GrainReads(() => joined.Client), joined) { Clustered = true };

    /// <summary>A connection to the process that holds the home.</summary>
    /// <param name="joined">The client, which ends with the connection.</param>
    /// <param name="holder">The process.</param>
    public static SweepConnection OfHolder(GatewayClient joined, JoinedProcess holder) =>
        new(joined.Client, new GrainReads(() => joined.Client), joined) { Holder = holder };

    /// <summary>A connection to a silo in this process.</summary>
    /// <param name="client">Calls its grains.</param>
    /// <param name="silo">The silo, which ends with the connection.</param>
    /// <param name="fault">Ends when its workers cannot go on.</param>
    /// <param name="home">Its home folder.</param>
    /// <param name="page">Its web page, if it has one.</param>
    public static SweepConnection OfSilo(
        IClusterClient client, IAsyncDisposable silo, Task<AdaptClusterException> fault, string home, Uri? page) =>
        new(client, new GrainReads(() => client), silo) { Fault = fault, Home = home, Page = page };

    /// <summary>A connection to the store of a home that nobody holds.</summary>
    /// <param name="reads">Reads the store.</param>
    /// <param name="share">Keeps silos away while this one reads; ends with the connection.</param>
    /// <param name="home">The home folder.</param>
    public static SweepConnection OfStore(ISweepReads reads, IAsyncDisposable share, string home) =>
        new(null, reads, share) { Home = home };

    /// <summary>
    /// Whether an error means that the process which holds the home has left, so that the command goes on by whoever holds it next.
    /// </summary>
    /// <param name="e">The error of a call.</param>
    /// <param name="cancellation">What the user cancelled is no loss.</param>
    public bool HasLeft(Exception e, CancellationToken cancellation)
    {
        if (Holder is null || cancellation.IsCancellationRequested) return false;
        // A silo that stops cuts its own grains' work off in various ways.
        return ConnectionLostException.Means(e)
            || (e is OperationCanceledException or SerializerException or AdaptClusterException { IsTransient: true } && Holder.HasLeft());
    }

    /// <summary>Plans a spec in the user's name.</summary>
    /// <exception cref="AdaptClusterException">The spec is refused, or the silo has too many of the user's plans in progress.</exception>
    public Task<PlanPreview> PlanAsync(string spec, string source) => Front.PlanAsync(spec, source);

    /// <summary>Deletes sweeps in the user's name, or says what would be deleted.</summary>
    /// <exception cref="AdaptClusterException">The sweep that is named runs or is not there.</exception>
    public Task<PruneReport> PruneAsync(PruneRequest request)
    {
        CallerName.Set(UserName);
        return Client.GetGrain<IRetentionGrain>(0).PruneAsync(request);
    }

    /// <summary>One sweep.</summary>
    public ISweepGrain Sweep(SweepId id) => Client.GetGrain<ISweepGrain>(id.Value);

    /// <summary>One sweep's table.</summary>
    public ICoordinatorGrain Coordinator(SweepId id) => Client.GetGrain<ICoordinatorGrain>(id.Value);

    /// <summary>Shows the sweeps on a web page of this process.</summary>
    /// <param name="mode">Serves it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Where the page is, and what ends it.</returns>
    /// <exception cref="AdaptClusterException">The page is switched off, or cannot be served.</exception>
    public Task<(Uri Address, IAsyncDisposable Page)> ShowAsync(IEmbeddedMode mode, CancellationToken cancellation) =>
        mode.ShowAsync(_silo ?? throw new InvalidOperationException("Without a silo there is nothing to show."), cancellation);

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
                $"the store in {Home} holds something that this program cannot read ({e.GetType().Name}: "
                + $"{e.Message.ReplaceLineEndings(" ").TrimEnd('.')}); restore it from a backup, or move it away to begin afresh.", e);
        }
        // The silo is in this process: nobody can start it, and Orleans' words would help nobody.
        catch (TimeoutException e) when (Embedded)
        {
            throw new AdaptClusterException(
                $"the store in {Home} gave no answer within {GrainMessages.ResponseTimeout.TotalSeconds} s: "
                + "this machine or its disk is very busy. Run the same command again; finished jobs are kept.", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _owned.DisposeAsync();
}
