using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace AdaptCluster.Silo.Http;

/// <summary>The limits on the connections to one listener.</summary>
/// <param name="Total">The maximum number of concurrent connections.</param>
/// <param name="PerAddress">The maximum number of concurrent connections from one remote address.</param>
/// <param name="FirstByte">The maximum time between the start of a connection and the first byte that it receives.</param>
internal sealed record ConnectionLimits(int Total, int PerAddress, TimeSpan FirstByte)
{
    /// <summary>
    /// The limits for pages, scrapers and programs. A browser keeps up to seven connections open, and all users behind a proxy share one
    /// address.
    /// </summary>
    public static ConnectionLimits Pages { get; } = new(1024, 256, TimeSpan.FromSeconds(10));

    /// <summary>The limits for probes. A probe makes only one request.</summary>
    public static ConnectionLimits Probes { get; } = new(64, 16, TimeSpan.FromSeconds(5));
}

/// <summary>
/// Applies connection limits to one listener. Kestrel has only one limit for the whole server, so idle connections to one listener could
/// block the other listener.
/// </summary>
internal sealed partial class ConnectionBounds(
    string listener, ConnectionLimits limits, TimeProvider time, ILogger<ConnectionBounds> logger)
{
    private static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _open = [];
    private int _total;
    private long? _logged;

    /// <summary>Wraps a listener's connection handler with the limits.</summary>
    public ConnectionDelegate Before(ConnectionDelegate next) => async connection =>
    {
        var address = Address(connection.RemoteEndPoint);
        if (!TryOpen(address))
        {
            connection.Abort();
            return;
        }
        try
        {
            if (await SpeaksAsync(connection)) await next(connection);
        }
        finally
        {
            Close(address);
        }
    };

    /// <summary>Waits for the first byte without consuming it; returns false if none arrives in time.</summary>
    private async Task<bool> SpeaksAsync(ConnectionContext connection)
    {
        using var silence = new CancellationTokenSource(limits.FirstByte, time);
        // When the server stops, it does not wait for silent connections.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            silence.Token, connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default);
        try
        {
            var read = await connection.Transport.Input.ReadAsync(either.Token);
            connection.Transport.Input.AdvanceTo(read.Buffer.Start);
            return !read.Buffer.IsEmpty;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            connection.Abort();
            return false;
        }
    }

    private bool TryOpen(IPAddress address)
    {
        lock (_lock)
        {
            var ofAddress = _open.GetValueOrDefault(address);
            if (_total < limits.Total && ofAddress < limits.PerAddress)
            {
                (_open[address], _total) = (ofAddress + 1, _total + 1);
                return true;
            }
            if (_logged is { } last && time.GetElapsedTime(last) < LogEvery) return false;
            _logged = time.GetTimestamp();
            LogRefused(listener, address, ofAddress, limits.PerAddress, _total, limits.Total);
            return false;
        }
    }

    private void Close(IPAddress address)
    {
        lock (_lock)
        {
            _total--;
            if (--_open[address] == 0) _open.Remove(address);
        }
    }

    /// <summary>
    /// Returns the address that a connection is counted under. For IPv6, this is the /64 network, because one machine can use any address
    /// in that network.
    /// </summary>
    private static IPAddress Address(EndPoint? remote)
    {
        if ((remote as IPEndPoint)?.Address is not { } address) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. address.GetAddressBytes()[..8], 0, 0, 0, 0, 0, 0, 0, 0]) : address;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Refused a connection to the {Listener} listener from {Address}, which has {OfAddress} of at most {PerAddress} connections open; "
        + "{Total} of at most {Most} are open in total. Refusals within the next minute are not logged.")]
    private partial void LogRefused(string listener, IPAddress address, int ofAddress, int perAddress, int total, int most);
}
