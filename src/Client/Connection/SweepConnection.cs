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
/// A connection to the sweeps of a cluster or of a home folder. It calls grains in the cluster, in another process that holds the home, or
/// in this process; or it reads the home's store directly.
/// </summary>
internal sealed class SweepConnection : IAsyncDisposable
{
    private readonly IAsyncDisposable _owned;
    private readonly IClusterClient? _silo;

    private SweepConnection(IClusterClient? silo, ISweepReads reads, IAsyncDisposable owned) =>
        (_silo, Reads, _owned) = (silo, reads, owned);

    /// <summary>A task that completes when the embedded silo's workers cannot continue; null without an embedded silo.</summary>
    public Task<AdaptClusterException>? Fault { get; private init; }

    /// <summary>Whether the silo is in this process and stops when the process exits.</summary>
    public bool Embedded => Fault is not null;

    /// <summary>Whether the silos belong to a cluster, where other silos take over from a lost silo.</summary>
    public bool Clustered { get; private init; }

    /// <summary>The other process that holds the home, if the connection uses its silo; otherwise null.</summary>
    public JoinedProcess? Holder { get; private init; }

    /// <summary>The address of the embedded silo's web page; null if there is none.</summary>
    public Uri? Page { get; private init; }

    /// <summary>The reader for sweeps, which may work with or without a silo.</summary>
    public ISweepReads Reads { get; }

    private string? Home { get; init; }

    /// <summary>The Orleans client. The getter also sets the caller's identity for the next call.</summary>
    private IClusterClient Client
    {
        get
        {
            new Caller(Embedded ? CallerWay.Embedded : CallerWay.Gateway, UserName).Apply();
            return _silo ?? throw new InvalidOperationException($"A connection for {ConnectionUse.Read} cannot call grains.");
        }
    }

    /// <summary>The grain for planning, submission and listing.</summary>
    public IFrontGrain Front => Client.GetGrain<IFrontGrain>(0);

    /// <summary>The user of this client, such as "ada@lab-3"; for display, not for access control.</summary>
    public static string UserName { get; } = CallerName.Shorten($"{Environment.UserName}@{Environment.MachineName}");

    /// <summary>Creates a connection to a cluster.</summary>
    /// <param name="joined">The client, which is disposed with the connection.</param>
    public static SweepConnection OfCluster(GatewayClient joined) =>
        new(joined.Client, new GrainReads(() => joined.Client), joined) { Clustered = true };

    /// <summary>Creates a connection to the process that holds the home.</summary>
    /// <param name="joined">The client, which is disposed with the connection.</param>
    /// <param name="holder">The process.</param>
    public static SweepConnection OfHolder(GatewayClient joined, JoinedProcess holder) =>
        new(joined.Client, new GrainReads(() => joined.Client), joined) { Holder = holder };

    /// <summary>Creates a connection to a silo in this process.</summary>
    /// <param name="client">The client for the silo.</param>
    /// <param name="silo">The silo, which is disposed with the connection.</param>
    /// <param name="fault">A task that completes when the silo's workers cannot continue.</param>
    /// <param name="home">The silo's home folder.</param>
    /// <param name="page">The address of the silo's web page; null if there is none.</param>
    public static SweepConnection OfSilo(
        IClusterClient client, IAsyncDisposable silo, Task<AdaptClusterException> fault, string home, Uri? page) =>
        new(client, new GrainReads(() => client), silo) { Fault = fault, Home = home, Page = page };

    /// <summary>Creates a connection to the store of a home that no process holds.</summary>
    /// <param name="reads">The reader for the store.</param>
    /// <param name="share">A shared lock that keeps silos from opening the home; disposed with the connection.</param>
    /// <param name="home">The home folder.</param>
    public static SweepConnection OfStore(ISweepReads reads, IAsyncDisposable share, string home) =>
        new(null, reads, share) { Home = home };

    /// <summary>
    /// Whether an error means that the process that held the home has exited, and the command can continue with its successor.
    /// </summary>
    /// <param name="e">The exception thrown by a call.</param>
    /// <param name="cancellation">The user's cancellation token; the result is false if it is cancelled.</param>
    public bool HasLeft(Exception e, CancellationToken cancellation)
    {
        if (Holder is null || cancellation.IsCancellationRequested) return false;
        // A silo that stops aborts its own grains' work with various errors.
        return ConnectionLostException.Means(e)
            || (e is OperationCanceledException or SerializerException or AdaptClusterException { IsTransient: true } && Holder.HasLeft());
    }

    /// <summary>Plans a spec under the user's name.</summary>
    /// <exception cref="AdaptClusterException">The spec is invalid, or the user has too many plans in progress on the silo.</exception>
    public Task<PlanPreview> PlanAsync(string spec, string source) => Front.PlanAsync(spec, source);

    /// <summary>Deletes sweeps under the user's name, or reports what would be deleted.</summary>
    /// <exception cref="AdaptClusterException">The named sweep is running or does not exist.</exception>
    public Task<PruneReport> PruneAsync(PruneRequest request)
    {
        CallerName.Set(UserName);
        return Client.GetGrain<IRetentionGrain>(0).PruneAsync(request);
    }

    /// <summary>Returns a sweep's grain.</summary>
    public ISweepGrain Sweep(SweepId id) => Client.GetGrain<ISweepGrain>(id.Value);

    /// <summary>Returns the grain for a sweep's table.</summary>
    public ICoordinatorGrain Coordinator(SweepId id) => Client.GetGrain<ICoordinatorGrain>(id.Value);

    /// <summary>Serves the sweeps on a web page that this process hosts.</summary>
    /// <param name="mode">The embedded mode, which serves the page.</param>
    /// <param name="cancellation">A token that cancels the start.</param>
    /// <returns>The address of the page, and a handle that stops the page when disposed.</returns>
    /// <exception cref="AdaptClusterException">The page is disabled, or cannot be served.</exception>
    public Task<(Uri Address, IAsyncDisposable Page)> ServePageAsync(IEmbeddedMode mode, CancellationToken cancellation) =>
        mode.ServePageAsync(_silo ?? throw new InvalidOperationException("The web page needs a silo."), cancellation);

    /// <summary>
    /// Runs a command's action. If a cluster call times out and a control silo reports that the store is not responding, the exception says
    /// so.
    /// </summary>
    /// <exception cref="AdaptClusterException">The store does not respond.</exception>
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
                throw new ConnectionLostException($"the silo does not respond ({e.Message.TrimEnd('.')}); is it running?", e);
            }
            if (status.Store is { Answers: false, Message: { } away }) throw new AdaptClusterException(away, e);
            throw;
        }
        // Errors of grains are readable for users. Errors of a store that is read without a grain are not.
        catch (Exception e) when (_silo is null
            && e is JsonException or FormatException or IndexOutOfRangeException or InvalidCastException)
        {
            throw new AdaptClusterException(
                $"the store in {Home} contains data that this program cannot read ({e.GetType().Name}: "
                + $"{e.Message.ReplaceLineEndings(" ").TrimEnd('.')}); restore it from a backup, or move it away to start "
                + "with an empty store.", e);
        }
        // The silo is in this process, so Orleans' advice to check it would not help the user.
        catch (TimeoutException e) when (Embedded)
        {
            throw new AdaptClusterException(
                $"the store in {Home} did not respond within {GrainMessages.ResponseTimeout.TotalSeconds} s: "
                + "this machine or its disk is very busy. Run the same command again; finished jobs are kept.", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _owned.DisposeAsync();
}
