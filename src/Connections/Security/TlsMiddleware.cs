using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Connections.Security;

/// <summary>
/// Puts TLS between a connection's socket and Orleans. Orleans takes the connection's transport only after the middleware, and closing a
/// connection waits for the middleware; so the handshake comes first, has a time limit, and nothing waits for the other side afterwards.
/// </summary>
/// <param name="limit">Longest handshake.</param>
/// <param name="logger">Hears of handshakes that fail.</param>
internal sealed partial class TlsMiddleware(TimeSpan limit, ILogger<TlsMiddleware> logger)
{
    /// <summary>Below the 5 seconds that Orleans gives an outbound connection in all; an inbound one has no other limit.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(4);

    /// <summary>
    /// The end that was dialled. Whoever fails here is a stranger: one line in the log, the connection ends, and Orleans hears nothing of
    /// it.
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

    /// <summary>The end that dials. Orleans hears of a failure and dials again as it does for any other.</summary>
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
            // With an error, so that the rest is dropped: to flush it could wait for a peer that reads no more, and Orleans has flushed
            // what counts.
            await secured.Output.CompleteAsync(new ConnectionAbortedException());
        }
    }

    private static string OneLine(Exception e) =>
        (e.InnerException is { } inner && e is AuthenticationException ? $"{e.Message} {inner.Message}" : e.Message)
            .ReplaceLineEndings(" ");

    private sealed record SecuredTransport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    [LoggerMessage(LogLevel.Warning, "TLS: a connection from {Peer} was refused: {Reason}")]
    private partial void LogRefused(EndPoint? peer, string reason);

    [LoggerMessage(LogLevel.Warning, "TLS: no connection to {Peer}: {Reason}")]
    private partial void LogNoHandshake(EndPoint? peer, string reason);
}
