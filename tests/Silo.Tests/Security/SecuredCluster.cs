using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using AdaptCluster.Connections.Security;
using AdaptCluster.Silo.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace AdaptCluster.Silo.Tests.Security;

/// <summary>Real silos and clients over loopback sockets. What the middleware logs can be awaited.</summary>
public sealed class SecuredCluster : ILoggerProvider, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<string> _log = Channel.CreateUnbounded<string>();
    private readonly ConcurrentStack<IHost> _hosts = new();
    private readonly string _id = Guid.NewGuid().ToString("N");

    public IPEndPoint? FirstSilo { get; private set; }

    public IPEndPoint? FirstGateway { get; private set; }

    /// <summary>Starts a silo; the second and further ones join the first.</summary>
    public async Task<IGrainFactory> StartSiloAsync(TlsSettings? tls, TimeSpan? limit = null)
    {
        var (siloPort, gatewayPort) = (FreePort.Find(), FreePort.Find());
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(this);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(siloPort, gatewayPort, FirstSilo, _id, _id).UseTls(tls, limit));
        var host = await StartAsync(builder, CancellationToken.None);
        FirstSilo ??= new IPEndPoint(IPAddress.Loopback, siloPort);
        FirstGateway ??= new IPEndPoint(IPAddress.Loopback, gatewayPort);
        return host.Services.GetRequiredService<IGrainFactory>();
    }

    /// <summary>Connects a client to the first silo.</summary>
    public async Task<IGrainFactory> ConnectAsync(TlsSettings? tls, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client.UseTls(tls).UseStaticClustering(FirstGateway!)
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (_id, _id)));
        return (await StartAsync(builder, cancellation)).Services.GetRequiredService<IGrainFactory>();
    }

    /// <summary>Waits for a line of the middleware.</summary>
    public async Task<string> LoggedAsync(string part)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await foreach (var line in _log.Reader.ReadAllAsync(patience.Token))
            if (line.Contains(part, StringComparison.Ordinal)) return line;
        throw new InvalidOperationException("The log has ended.");
    }

    public ILogger CreateLogger(string categoryName) =>
        new ChannelLogger(categoryName == typeof(TlsMiddleware).FullName ? _log.Writer : null);

    public void Dispose()
    {
    }

    public async ValueTask DisposeAsync()
    {
        while (_hosts.TryPop(out var host))
        {
            using (host) await host.StopAsync();
        }
    }

    private async Task<IHost> StartAsync(HostApplicationBuilder builder, CancellationToken cancellation)
    {
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
        }
        catch
        {
            host.Dispose();
            throw;
        }
        _hosts.Push(host);
        return host;
    }

    private sealed class ChannelLogger(ChannelWriter<string>? lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => lines is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            lines?.TryWrite(formatter(state, exception));
    }
}
