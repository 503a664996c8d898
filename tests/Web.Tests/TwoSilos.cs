using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace AdaptCluster.Web.Tests;

/// <summary>Two control silos on one database, behind a balancer that knows TCP alone.</summary>
public sealed partial class TwoSilos : Site
{
    private readonly PostgresServer _server = new();
    private readonly TemporaryHome _home = new();
    private readonly List<SweepProcess> _silos = [];
    private readonly TcpListener _balancer = new(IPAddress.Loopback, 0);
    private readonly int[] _connections = new int[2];
    private Task? _balancing;

    /// <summary>Why there is no cluster; null when there is one.</summary>
    public string? Missing => _server.Missing;

    /// <summary>How many connections each silo has had.</summary>
    public IReadOnlyList<int> Connections => _connections;

    public override async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        if (Missing is not null) return;
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["ADAPTCLUSTER_STORE__CONNECTIONSTRING"] = await _server.CreateDatabaseAsync(),
            ["ADAPTCLUSTER_ROLE"] = "control",
            ["ADAPTCLUSTER_WORKERS"] = "",
            ["ADAPTCLUSTER_CLUSTER__SILOPORT"] = "0",
            ["ADAPTCLUSTER_CLUSTER__GATEWAYPORT"] = "0",
        }) _home.Environment[name] = value;
        Assert.Equal(0, (await SweepProcess.RunAsync(_home, "db", "migrate")).Code);
        foreach (var name in (string[])["c1", "c2"])
        {
            _home.Environment["ADAPTCLUSTER_NAME"] = name;
            _silos.Add(SweepProcess.Start(_home, "serve"));
            await _silos[^1].WaitForErrorAsync("silo ready");
        }
        _balancer.Start();
        Address = $"http://{_balancer.LocalEndpoint}";
        _balancing = BalanceAsync([.. _silos.Select(silo => int.Parse(Port().Match(silo.Error).Groups[1].Value))]);
    }

    public override async ValueTask DisposeAsync()
    {
        _balancer.Stop();
        if (_balancing is not null) await _balancing;
        foreach (var silo in _silos)
        {
            await silo.SignalAsync("TERM");
            await silo.EndAsync();
            silo.Dispose();
        }
        await _server.DisposeAsync();
        _home.Dispose();
        await base.DisposeAsync();
    }

    private async Task BalanceAsync(int[] ports)
    {
        try
        {
            for (var next = 0; ; next = (next + 1) % ports.Length)
            {
                var caller = await _balancer.AcceptTcpClientAsync();
                _connections[next]++;
                _ = PassAsync(caller, ports[next]);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The balancer has stopped.
        }
    }

    private static async Task PassAsync(TcpClient caller, int port)
    {
        using var silo = new TcpClient();
        try
        {
            await silo.ConnectAsync(IPAddress.Loopback, port);
            await Task.WhenAny(caller.GetStream().CopyToAsync(silo.GetStream()), silo.GetStream().CopyToAsync(caller.GetStream()));
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // One side has gone.
        }
        finally
        {
            caller.Dispose();
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Port();
}
