using System.Net;
using System.Net.Sockets;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Http;

namespace AdaptCluster.Silo.Tests.Http;

/// <summary>Connections of a silo's two listeners, over real sockets: neither listener can be starved through the other.</summary>
public sealed class ListenerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.2");

    [Fact]
    public async Task Idle_connections_to_the_main_port_do_not_keep_probes_out()
    {
        await using var silo = await HttpSilo.StartAsync(new HttpSettings { Port = 0 });
        using var idle = new IdleConnections();
        await idle.OpenAsync(IPAddress.Loopback, silo.Address.Port, 300);

        Assert.Equal(Enumerable.Repeat("HTTP/1.1 200 OK", 8), await AskAsync(8, IPAddress.Loopback, silo.Probes.Port, "/health/live"));
    }

    [Fact]
    public async Task One_address_cannot_take_the_connections_of_the_others()
    {
        await using var silo = await HttpSilo.StartAsync(new HttpSettings { Port = 0 });
        using var idle = new IdleConnections();
        await idle.OpenAsync(IPAddress.Loopback, silo.Address.Port, ConnectionLimits.Pages.PerAddress);

        Assert.Equal("HTTP/1.1 200 OK", await AskAsync(Other, silo.Address.Port, "/health/live"));
    }

    [Fact]
    public async Task Connections_to_the_port_for_probes_do_not_keep_anyone_from_the_main_port()
    {
        await using var silo = await HttpSilo.StartAsync(new HttpSettings { Port = 0 });
        using var idle = new IdleConnections();
        for (var address = 0; address < ConnectionLimits.Probes.Total / ConnectionLimits.Probes.PerAddress; address++)
            await idle.OpenAsync(IPAddress.Parse($"127.0.0.{2 + address}"), silo.Probes.Port, ConnectionLimits.Probes.PerAddress);

        Assert.Equal("HTTP/1.1 200 OK", await AskAsync(IPAddress.Loopback, silo.Address.Port, "/health/live"));
        Assert.Equal("HTTP/1.1 200 OK", await AskAsync(IPAddress.Loopback, silo.Address.Port, "/metrics"));
    }

    [Fact]
    public async Task The_port_for_probes_answers_probes_and_nothing_else_by_whatever_name_it_is_called_once_for_each_connection()
    {
        await using var silo = await HttpSilo.StartAsync(new HttpSettings
        {
            Port = 0,
            Token = "0123456789abcdef",
            AllowedHosts = ["silo.lab"],
        });
        using var client = new HttpClient();
        Task<HttpResponseMessage> GetAsync(string path) =>
            client.GetAsync(new Uri(silo.Probes, path), TestContext.Current.CancellationToken);

        using var live = await GetAsync("/health/live");
        using var ready = await GetAsync("/health/ready");
        using var metrics = await GetAsync("/metrics");
        using var page = await GetAsync("/");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            (live.StatusCode, metrics.StatusCode, page.StatusCode));
        Assert.Contains(ready.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]);
        Assert.True(live.Headers.ConnectionClose);
    }

    [Fact]
    public async Task A_port_for_probes_that_is_taken_is_named_with_its_key()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => HttpSilo.StartAsync(new HttpSettings
        {
            Port = 0,
            HealthPort = port,
        }));

        Assert.StartsWith($"Http:HealthPort (ADAPTCLUSTER_HTTP__HEALTHPORT): cannot listen on 127.0.0.1 port {port}", refusal.Message,
            StringComparison.Ordinal);
    }

    private static async Task<string?[]> AskAsync(int times, IPAddress from, int port, string path)
    {
        var answers = new string?[times];
        for (var i = 0; i < times; i++) answers[i] = await AskAsync(from, port, path);
        return answers;
    }

    /// <summary>Asks on a new connection.</summary>
    /// <returns>The status line; null where the connection was refused.</returns>
    private static async Task<string?> AskAsync(IPAddress from, int port, string path)
    {
        try
        {
            using var client = await ConnectAsync(from, port);
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                TestContext.Current.CancellationToken);
            using var reader = new StreamReader(client.GetStream());
            return await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        // A refused connection is reset, at once or a moment later.
        catch (Exception e) when (e is IOException or SocketException)
        {
            return null;
        }
    }

    private static async Task<TcpClient> ConnectAsync(IPAddress from, int port)
    {
        var client = new TcpClient(new IPEndPoint(from, 0));
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>Connections that say nothing.</summary>
    private sealed class IdleConnections : IDisposable
    {
        private readonly List<TcpClient> _clients = [];

        public async Task OpenAsync(IPAddress from, int port, int count)
        {
            for (var i = 0; i < count; i++)
            {
                try
                {
                    _clients.Add(await ConnectAsync(from, port));
                }
                catch (SocketException)
                {
                    // One too many.
                }
            }
        }

        public void Dispose() => _clients.ForEach(client => client.Dispose());
    }
}
