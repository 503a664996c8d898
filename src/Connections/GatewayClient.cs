using System.Net;
using AdaptCluster.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Messaging;

namespace AdaptCluster.Connections;

/// <summary>A client that has joined a cluster through the gateways of its silos.</summary>
public sealed class GatewayClient : IAsyncDisposable
{
    /// <summary>The maximum response time of a gateway that accepts connections. A busy machine needs some time.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The maximum time for which all gateways may refuse connections. A silo that is being replaced comes back within this time.
    /// </summary>
    private static readonly TimeSpan RefusalLimit = TimeSpan.FromSeconds(15);

    /// <summary>The maximum time for disconnecting the client.</summary>
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(5);

    private readonly IHost _host;

    private GatewayClient(IHost host) => _host = host;

    /// <summary>The Orleans client, for calling grains.</summary>
    public IClusterClient Client => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Joins a cluster.</summary>
    /// <param name="cluster">The list of gateways, or a PostgreSQL connection string.</param>
    /// <param name="cancellation">A token that cancels the attempt and all later calls.</param>
    /// <exception cref="AdaptClusterException">No gateway responds, or the database that lists the gateways does not respond.</exception>
    public static Task<GatewayClient> JoinAsync(string cluster, CancellationToken cancellation) =>
        JoinAsync(client => ClusterJoin.Configure(client, cluster), ClusterJoin.Describe(cluster), isOneSilo: false, cancellation);

    /// <summary>
    /// Joins a standalone silo on this machine. Fails at once if the silo's port is closed or the silo closes the connection.
    /// </summary>
    /// <param name="port">The port of the silo's gateway.</param>
    /// <param name="cancellation">A token that cancels the attempt and all later calls.</param>
    /// <exception cref="ConnectionLostException">The silo does not respond, or it is leaving.</exception>
    public static Task<GatewayClient> JoinLocalAsync(int port, CancellationToken cancellation) =>
        JoinAsync(client => ClusterJoin.ConfigureLocal(client, port), $"localhost:{port}", isOneSilo: true, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => EndAsync(_host);

    /// <summary>
    /// Stops a client. A client that cannot disconnect because its silo is gone is abandoned, because the process exits soon.
    /// </summary>
    private static async ValueTask EndAsync(IHost host)
    {
        using var limit = new CancellationTokenSource(GoodbyeLimit);
        try
        {
            // Orleans does not check the token everywhere.
            await host.StopAsync(limit.Token).WaitAsync(limit.Token);
            host.Dispose();
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static async Task<GatewayClient> JoinAsync(Action<IClientBuilder> configure, string where, bool isOneSilo,
        CancellationToken cancellation)
    {
        var watch = new ConnectionWatch(where, isFinal: isOneSilo, cancellation);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client =>
        {
            configure(client);
            client.Services.AddSingleton<IClientConnectionRetryFilter>(
                services => new Retries(() => GatewaysAsync(services), isOneSilo ? TimeSpan.Zero : RefusalLimit));
            client.Services.AddSingleton<IClusterConnectionStatusObserver>(watch).AddSingleton<IOutgoingGrainCallFilter>(watch);
        });
        var host = builder.Build();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerLimit);
        try
        {
            // Orleans does not check the token while it waits for a silo's list of grain types, which a leaving silo never sends.
            var joined = host.StartAsync(limit.Token).WaitAsync(limit.Token);
            if (isOneSilo && await Task.WhenAny(joined, watch.Lost) != joined)
            {
                joined.Ignore();
                await limit.CancelAsync();
                throw watch.Error;
            }
            await joined;
            return new GatewayClient(host);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested
            && (ConnectionLostException.Means(e) || e is OperationCanceledException || PostgresFaults.Find(e) is not null))
        {
            AdaptClusterException fault = PostgresFaults.Translate(e) ?? e as AdaptClusterException
                ?? new ConnectionLostException(await DescribeAsync(host.Services, where), e);
            await EndAsync(host);
            throw fault;
        }
    }

    /// <summary>Describes why no silo responded, with the state of each gateway.</summary>
    private static async Task<string> DescribeAsync(IServiceProvider services, string where)
    {
        const string ask = "is the silo running ('sweep serve')?";
        if (await GatewaysAsync(services) is not { Length: > 0 } gateways)
            return $"no silo answers at {where}: no gateway is registered there; {ask}";
        var (silent, refusing) = (Names(gateways.Where(gateway => gateway.Accepts)), Names(gateways.Where(gateway => !gateway.Accepts)));
        var found = new List<string>();
        if (refusing.Length > 0) found.Add($"no connection to {refusing}");
        if (silent.Length > 0)
            found.Add(
                $"no answer within {AnswerLimit.TotalSeconds} s from {silent}, which may belong to another cluster "
                + "(Cluster:Id) or be busy");
        return $"no silo answers at {where}: {CountText.Of(gateways.Length, "gateway")}, {string.Join("; ", found)}; {ask}";
    }

    private static string Names(IEnumerable<GatewayState> gateways) => string.Join(", ", gateways.Select(gateway => gateway.Address));

    private static async Task<GatewayState[]> GatewaysAsync(IServiceProvider services) =>
        await GatewayState.OfAsync((await services.GetRequiredService<IGatewayListProvider>().GetGateways())
            .Select(uri => new IPEndPoint(IPAddress.Parse(uri.Host.Trim('[', ']')), uri.Port)));

    /// <summary>Retries while a gateway accepts connections, and otherwise until a shorter limit.</summary>
    private sealed class Retries(Func<Task<GatewayState[]>> look, TimeSpan refusalLimit) : IClientConnectionRetryFilter
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
        private readonly long _started = TimeProvider.System.GetTimestamp();

        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            if (exception is not (OrleansException or TimeoutException)) return false;
            if (TimeProvider.System.GetElapsedTime(_started) >= refusalLimit && (await look()).All(gateway => !gateway.Accepts))
                return false;
            await Task.Delay(Pause, cancellationToken);
            return true;
        }
    }
}
