using System.Net.Security;
using AdaptCluster.Connections.Security;
using AdaptCluster.Contracts;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;

namespace AdaptCluster.Silo.Security;

/// <summary>
/// Switches TLS on at Orleans' own hooks of a silo, all of them: an end without it cannot talk to one with it. Nothing else of the silo
/// knows how connections are secured. docs/security.md says why Orleans' package for it does not take the place of the middleware.
/// </summary>
internal static class SiloTls
{
    /// <summary>Secures the silo port, the gateway, and the connections to other silos.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="settings">What it shows and trusts; null leaves it without TLS.</param>
    /// <param name="limit">Longest handshake; null takes the default.</param>
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
