using AdaptCluster.Contracts;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace AdaptCluster.Connections.Security;

/// <summary>
/// Enables TLS for clients through Orleans' connection middleware. A side without TLS cannot communicate with a side that uses TLS.
/// </summary>
public static class ClientTls
{
    /// <summary>Secures a client's connections to gateways.</summary>
    /// <param name="client">The client.</param>
    /// <param name="settings">The certificates to present and to trust; null for no TLS.</param>
    /// <exception cref="InvalidInputException">A file cannot be used.</exception>
    public static IClientBuilder UseTls(this IClientBuilder client, TlsSettings? settings)
    {
        if (settings is null) return client;
        var credentials = TlsCredentials.ForClient(settings, TimeProvider.System);
        return client.Configure<ClientConnectionOptions>(
            options => options.ConfigureConnection(connection => connection.Use(next => Dial(connection, credentials, null, next))));
    }

    /// <summary>Secures an outgoing connection from a client to a gateway, or from one silo to another.</summary>
    internal static ConnectionDelegate Dial(IConnectionBuilder connection, TlsCredentials credentials,
        TimeSpan? limit, ConnectionDelegate next)
    {
        var middleware = Middleware(connection, limit);
        return context => middleware.DialAsync(context, credentials.ForDialling(), next);
    }

    internal static TlsMiddleware Middleware(IConnectionBuilder connection, TimeSpan? limit) =>
        new(limit ?? TlsMiddleware.DefaultLimit, connection.ApplicationServices.GetRequiredService<ILogger<TlsMiddleware>>());
}
