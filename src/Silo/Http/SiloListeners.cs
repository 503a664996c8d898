using AdaptCluster.Silo.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// The listeners of a silo's web server: one for pages, metrics and programs, and one for probes only. The probe listener remains reachable
/// when the other listener has reached its connection limit.
/// </summary>
internal sealed class SiloListeners
{
    private ListenOptions? _main, _health;

    /// <summary>The address for pages, metrics and programs; null until the listener has started.</summary>
    public Uri? Main => Address(_main);

    /// <summary>The address of the listener for probes; null until the listener has started, or if there is none.</summary>
    public Uri? Health => Address(_health);

    /// <summary>Whether a request came through the probe listener.</summary>
    public static bool IsProbe(HttpContext context) => context.Features.Get<Probe>() is not null;

    /// <summary>Adds the listeners to a web server.</summary>
    public void AddTo(KestrelServerOptions kestrel, HttpSettings settings)
    {
        // Each listener has its own limit.
        kestrel.Limits.MaxConcurrentConnections = null;
        kestrel.Listen(Wildcard.Both(settings.Address), settings.Port, listen => _main = Configure(listen, "main", ConnectionLimits.Pages));
        if (!settings.HasProbes) return;
        kestrel.Listen(Wildcard.Both(settings.Address), settings.HealthPort, listen =>
        {
            _health = Configure(listen, "health", ConnectionLimits.Probes);
            listen.Use(next => connection =>
            {
                connection.Features.Set(Probe.Mark);
                return next(connection);
            });
        });
    }

    private static ListenOptions Configure(ListenOptions listen, string name, ConnectionLimits limits)
    {
        var services = listen.ApplicationServices;
        var bounds = new ConnectionBounds(name, limits, services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<ConnectionBounds>>());
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(bounds.Before);
        return listen;
    }

    private static Uri? Address(ListenOptions? listener) => listener?.IPEndPoint is { Port: > 0 } at ? new Uri($"http://{at}") : null;

    /// <summary>Marks a connection of the probe listener.</summary>
    private sealed class Probe
    {
        public static Probe Mark { get; } = new();
    }
}
