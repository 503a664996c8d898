using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Connections.Security;

/// <summary>
/// Adds TLS between a connection's socket and Orleans. Orleans uses the connection's transport only after the middleware has run, and
/// closing a connection waits for the middleware. Therefore the handshake comes first and has a time limit, and nothing waits for the other
/// side afterwards.
/// </summary>
/// <param name="limit">The maximum duration of a handshake.</param>
/// <param name="logger">The logger for failed handshakes.</param>
internal sealed partial class TlsMiddleware(TimeSpan limit, ILogger<TlsMiddleware> logger)
{
    /// <summary>
    /// The default limit. It is below the 5 seconds that Orleans allows for an outbound connection; an inbound connection has no other
    /// limit.
    /// </summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Secures an inbound connection. A peer that fails the handshake is untrusted: the failure is logged in one line, the connection is
    /// closed, and Orleans is not notified.
    /// </summary>
    public async Task AcceptAsync(ConnectionContext context, SslServerAuthenticationOptions options, ConnectionDelegate next)
    {
        await using var tls = Over(context);
        try
        {
            await HandshakeAsync(context, cancellation => tls.AuthenticateAsServerAsync(options, cancellation));
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or TimeoutException)
        {
            LogRefused(context.RemoteEndPoint, OneLine(e));
            context.Abort();
            return;
        }
        await RunAsync(context, tls, next);
    }

    /// <summary>
    /// Secures an outbound connection. Orleans receives a handshake failure and reconnects, as after any other connection failure.
    /// </summary>
    public async Task DialAsync(ConnectionContext context, SslClientAuthenticationOptions options, ConnectionDelegate next)
    {
        await using var tls = Over(context);
        try
        {
            await HandshakeAsync(context, cancellation => tls.AuthenticateAsClientAsync(options, cancellation));
        }
        catch (Exception e)
        {
            LogNoHandshake(context.RemoteEndPoint, OneLine(e));
            context.Abort();
            throw;
        }
        await RunAsync(context, tls, next);
    }

    private static SslStream Over(ConnectionContext context) => new(new TransportStream(context.Transport), leaveInnerStreamOpen: true);

    private async Task HandshakeAsync(ConnectionContext context, Func<CancellationToken, Task> authenticate)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed);
        ending.CancelAfter(limit);
        try
        {
            await authenticate(ending.Token);
        }
        catch (OperationCanceledException e) when (ending.IsCancellationRequested && !context.ConnectionClosed.IsCancellationRequested)
        {
            throw new TimeoutException($"no handshake within {limit.TotalSeconds} s", e);
        }
    }

    private static async Task RunAsync(ConnectionContext context, SslStream tls, ConnectionDelegate next)
    {
        var plain = context.Transport;
        var secured = new SecuredTransport(PipeReader.Create(tls, new StreamPipeReaderOptions(leaveOpen: true)),
            PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true)));
        context.Transport = secured;
        try
        {
            await next(context);
        }
        finally
        {
            context.Transport = plain;
            await secured.Input.CompleteAsync();
            // Completing with an error drops the remaining data. Flushing could wait for a peer that no longer reads, and Orleans has
            // already flushed everything that matters.
            await secured.Output.CompleteAsync(new ConnectionAbortedException());
        }
    }

    private static string OneLine(Exception e) =>
        (e.InnerException is { } inner && e is AuthenticationException ? $"{e.Message} {inner.Message}" : e.Message)
            .ReplaceLineEndings(" ").TrimEnd(' ', '.');

    private sealed record SecuredTransport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    [LoggerMessage(LogLevel.Warning, "The inbound TLS handshake with {Peer} failed ({Reason}); closing the connection")]
    private partial void LogRefused(EndPoint? peer, string reason);

    [LoggerMessage(LogLevel.Warning, "The outbound TLS handshake with {Peer} failed ({Reason}); Orleans retries the connection")]
    private partial void LogNoHandshake(EndPoint? peer, string reason);
}
