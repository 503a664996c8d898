using System.Net;
using System.Net.Sockets;

namespace AdaptCluster.Tests;

/// <summary>What a <see cref="LoopbackProxy"/> does to what passes.</summary>
internal enum ProxyMode
{
    /// <summary>Passes everything on.</summary>
    Open,

    /// <summary>Passes questions on and swallows the answers: what was asked is done, and nobody hears of it.</summary>
    SwallowAnswers,

    /// <summary>The same after the first answer of each connection, which greets.</summary>
    OnlyGreet,
}

/// <summary>
/// Stands before a server on the loopback interface, such as a database or a gateway, and delays or swallows what passes. Every message of
/// either side waits its delay, as on a slow network; messages keep their order.
/// </summary>
internal sealed class LoopbackProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly IPEndPoint _server;
    private readonly Lock _lock = new();
    private readonly HashSet<TcpClient> _open = [];
    private readonly Task _accepting;
    private readonly TaskCompletionSource _swallowed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _delayTicks;
    private volatile ProxyMode _mode;

    /// <summary>Listens on a free port.</summary>
    /// <param name="serverPort">The server's port on this machine.</param>
    public LoopbackProxy(int serverPort)
    {
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Ends when the first answer is swallowed.</summary>
    public Task Swallowed => _swallowed.Task;

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
            var swallowed = _mode != ProxyMode.Open && value == ProxyMode.Open;
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
        // The server is away, or one side has gone: the other hears it as a cut connection.
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
        for (var isFirst = true; await from.GetStream().ReadAsync(buffer, _ending.Token) is > 0 and var count; isFirst = false)
        {
            if (isAnswer && (_mode == ProxyMode.SwallowAnswers || (_mode == ProxyMode.OnlyGreet && !isFirst)))
            {
                _swallowed.TrySetResult();
                continue;
            }
            if (isAnswer && Delay is { Ticks: > 0 } delay) await Task.Delay(delay, _ending.Token);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _ending.Token);
        }
    }
}
