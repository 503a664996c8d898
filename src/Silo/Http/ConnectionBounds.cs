using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace AdaptCluster.Silo.Http;

/// <summary>How many connections a listener takes, and how long one may stay silent.</summary>
/// <param name="Total">Most connections at a time.</param>
/// <param name="PerAddress">Most connections of one remote address at a time.</param>
/// <param name="FirstByte">The time from a connection's start to its first byte.</param>
internal sealed record ConnectionLimits(int Total, int PerAddress, TimeSpan FirstByte)
{
    /// <summary>
    /// For pages, scrapers and programs: a browser keeps up to seven connections, and a proxy shows one address for all of its users.
    /// </summary>
    public static ConnectionLimits Pages { get; } = new(1024, 256, TimeSpan.FromSeconds(10));

    /// <summary>For probes, each of which asks once and leaves.</summary>
    public static ConnectionLimits Probes { get; } = new(64, 16, TimeSpan.FromSeconds(5));
}

/// <summary>
/// Holds one listener to its limits. Kestrel has one limit for the whole server, which idle connections to one listener could use up for
/// the other.
/// </summary>
internal sealed partial class ConnectionBounds(
    string listener, ConnectionLimits limits, TimeProvider time, ILogger<ConnectionBounds> logger)
{
    private static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _open = [];
    private int _total;
    private long? _logged;

    /// <summary>Puts the limits before what a listener does with a connection.</summary>
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

    /// <summary>Waits for the first byte and leaves it unread.</summary>
    private async Task<bool> SpeaksAsync(ConnectionContext connection)
    {
        using var silence = new CancellationTokenSource(limits.FirstByte, time);
        // When the server stops, a connection that has said nothing is not waited for.
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
    /// The address that connections are counted by: of IPv6, the network of 64 bits, within which one machine may take any address.
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
        + "{Total} of at most {Most} are open in all. Refusals within the next minute are not logged.")]
    private partial void LogRefused(string listener, IPAddress address, int ofAddress, int perAddress, int total, int most);
}
