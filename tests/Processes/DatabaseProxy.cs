using System.Net;
using System.Net.Sockets;

namespace AdaptCluster.Tests;

/// <summary>What a <see cref="DatabaseProxy"/> does to what passes.</summary>
internal enum ProxyMode
{
    /// <summary>Passes everything on.</summary>
    Open,

    /// <summary>Passes questions on and swallows the answers: what was asked is done, and nobody hears of it.</summary>
    SwallowAnswers,
}

/// <summary>
/// Stands between silos and their database on the loopback interface, and delays or swallows what passes. Every message of either side
/// waits its delay, as on a slow network; messages keep their order.
/// </summary>
internal sealed class DatabaseProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly IPEndPoint _server;
    private readonly Lock _lock = new();
    private readonly HashSet<TcpClient> _open = [];
    private readonly Task _accepting;
    private long _delayTicks;
    private volatile ProxyMode _mode;

    /// <summary>Listens on a free port.</summary>
    /// <param name="serverPort">The database's port on this machine.</param>
    public DatabaseProxy(int serverPort)
    {
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How long each answer takes longer than without.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    public ProxyMode Mode
    {
        get => _mode;
        set
        {
            var swallowed = _mode == ProxyMode.SwallowAnswers && value == ProxyMode.Open;
            _mode = value;
            // A connection that has lost an answer is of no more use.
            if (swallowed) CutAll();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting;
        _ending.Dispose();
    }

    private void CutAll()
    {
        lock (_lock)
        {
            foreach (var client in _open) client.Dispose();
            _open.Clear();
        }
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            lock (_lock)
            {
                _open.Add(client);
                _open.Add(server);
            }
            await server.ConnectAsync(_server, _ending.Token);
            await Task.WhenAny(CopyAsync(client, server, isAnswer: false), CopyAsync(server, client, isAnswer: true));
        }
        // The database is away, or one side has gone: the other hears it as a cut connection.
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
        finally
        {
            lock (_lock)
            {
                _open.Remove(client);
                _open.Remove(server);
            }
            client.Dispose();
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, bool isAnswer)
    {
        var buffer = new byte[1 << 16];
        while (await from.GetStream().ReadAsync(buffer, _ending.Token) is > 0 and var count)
        {
            if (isAnswer && _mode == ProxyMode.SwallowAnswers) continue;
            if (isAnswer && Delay is { Ticks: > 0 } delay) await Task.Delay(delay, _ending.Token);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _ending.Token);
        }
    }
}
