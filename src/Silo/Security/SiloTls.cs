using System.Net.Security;
using AdaptCluster.Connections.Security;
using AdaptCluster.Contracts;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;

namespace AdaptCluster.Silo.Security;

/// <summary>
/// Enables TLS on every Orleans connection of a silo, because an endpoint without TLS cannot connect to an endpoint with TLS. Only this
/// class handles the security of connections. docs/operators/security.md explains why the silo does not use Orleans' own TLS package.
/// </summary>
internal static class SiloTls
{
    /// <summary>Secures the silo port, the gateway, and connections to other silos.</summary>
    /// <param name="silo">The silo's builder.</param>
    /// <param name="settings">The certificates to present and to trust; null to disable TLS.</param>
    /// <param name="limit">The maximum duration of a handshake; null for the default.</param>
    /// <exception cref="InvalidInputException">A file cannot be used.</exception>
    public static ISiloBuilder UseTls(this ISiloBuilder silo, TlsSettings? settings, TimeSpan? limit = null)
    {
        if (settings is null) return silo;
        var credentials = TlsCredentials.ForSilo(settings, TimeProvider.System);
        return silo.Configure<SiloConnectionOptions>(options =>
        {
            options.ConfigureSiloInboundConnection(connection =>
                connection.Use(next => Accept(connection, credentials.ForSiloPort, limit, next)));
            options.ConfigureGatewayInboundConnection(connection =>
                connection.Use(next => Accept(connection, credentials.ForGateway, limit, next)));
            options.ConfigureSiloOutboundConnection(connection =>
                connection.Use(next => ClientTls.Dial(connection, credentials, limit, next)));
        });
    }

    private static ConnectionDelegate Accept(IConnectionBuilder connection, Func<SslServerAuthenticationOptions> options,
        TimeSpan? limit, ConnectionDelegate next)
    {
        var middleware = ClientTls.Middleware(connection, limit);
        return context => middleware.AcceptAsync(context, options(), next);
    }
}
