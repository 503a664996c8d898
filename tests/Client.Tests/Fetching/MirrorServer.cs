using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace AdaptCluster.Client.Tests.Fetching;

/// <summary>A request as it came: a proxy is asked for whole addresses.</summary>
internal sealed record Asked(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The first byte that is asked for; null where all are.</summary>
    public int? From => Headers.TryGetValue("Range", out var range)
        ? int.Parse(range.AsSpan("bytes=".Length).TrimEnd('-'), NumberStyles.None, CultureInfo.InvariantCulture) : null;
}

/// <summary>An answer, and what goes wrong with it.</summary>
internal sealed record Reply(int Status, byte[] Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>The length that is said; null for that of the body.</summary>
    public int? SaidLength { get; init; }

    /// <summary>Whether no length is said: the end of the connection is that of the body.</summary>
    public bool HidesLength { get; init; }

    /// <summary>The bytes of the body after which nothing more is sent; null for all of it.</summary>
    public int? StopsAt { get; init; }

    /// <summary>Whether the connection stays open after them.</summary>
    public bool Stalls { get; init; }

    public Reply With(string header, string value) => this with { Headers = new(Headers) { [header] = value } };
}

/// <summary>A mirror on the loopback interface that answers as a test says. Every answer ends its connection.</summary>
internal sealed class MirrorServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;

    public MirrorServer(Func<Asked, Reply> answer)
    {
        Answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Func<Asked, Reply> Answer { get; set; }

    public ConcurrentQueue<Asked> Requests { get; } = [];

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public Uri File => new($"{Url}/file.zip");

    /// <summary>What a good mirror answers: RFC 9110's ranges.</summary>
    public static Reply Good(Asked asked, byte[] content, string tag = "\"one\"")
    {
        var isSame = !asked.Headers.TryGetValue("If-Range", out var wanted) || wanted == tag;
        var reply = asked.From is { } from && isSame
            ? from >= content.Length ? new Reply(416, []).With("Content-Range", $"bytes */{content.Length}")
                : new Reply(206, content[from..]).With("Content-Range", $"bytes {from}-{content.Length - 1}/{content.Length}")
            : new Reply(200, content);
        return reply.With("ETag", tag);
    }

    /// <summary>The same by a mirror that gives the hash of its file.</summary>
    public static Reply Linked(Asked asked, byte[] content) =>
        Good(asked, content).With("X-Linked-Etag", $"\"{Sha256(content)}\"").With("X-Linked-Size", $"{content.Length}");

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException
            || e is InvalidOperationException && _ending.IsCancellationRequested)
        {
            // The listener says that it is not started where it was stopped before this call.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                if (await ReadAsync(stream) is not { } asked) return;
                Requests.Enqueue(asked);
                var reply = Answer(asked);
                await stream.WriteAsync(Head(reply), _ending.Token);
                var body = asked.Method == "HEAD" ? default : reply.Body.AsMemory(0, reply.StopsAt ?? reply.Body.Length);
                await stream.WriteAsync(body, _ending.Token);
                if (reply.Stalls) await Task.Delay(Timeout.Infinite, _ending.Token);
                // The other side reads all of it before the connection is gone.
                client.Client.Shutdown(SocketShutdown.Send);
                while (await stream.ReadAsync(new byte[4096], _ending.Token) > 0) ;
            }
            // The client has gone, as those do that refuse an answer or give up.
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
            }
        }
    }

    private static byte[] Head(Reply reply)
    {
        var head = new StringBuilder($"HTTP/1.1 {reply.Status} Said\r\nConnection: close\r\n");
        if (!reply.HidesLength) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {reply.SaidLength ?? reply.Body.Length}\r\n");
        foreach (var (name, value) in reply.Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    private async Task<Asked?> ReadAsync(NetworkStream stream)
    {
        var (head, one) = (new StringBuilder(), new byte[1]);
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _ending.Token) == 0) return null;
            head.Append((char)one[0]);
        }
        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var words = lines[0].Split(' ');
        return new Asked(words[0], words[1], lines.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>Keeps what a fetch says.</summary>
internal sealed class SaidProgress : Local.Fetching.IFetchProgress
{
    public ConcurrentQueue<string> Said { get; } = [];

    public void Begin(string what)
    {
    }

    public void Report(long done, long? total)
    {
    }

    public void WriteLine(string what) => Said.Enqueue(what);

    public void End()
    {
    }
}
