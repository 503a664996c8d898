using AdaptCluster.Contracts;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Hosts the web page in a process that runs no sweeps itself, such as a command that watches a sweep in another process.
/// </summary>
public sealed class PageHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PageHost(WebApplication app) => _app = app;

    /// <summary>The address of the page.</summary>
    public Uri Address => SiloHttp.Listeners(_app)!.Main!;

    /// <summary>Starts the page.</summary>
    /// <param name="settings">The HTTP settings.</param>
    /// <param name="client">The client of the silo that runs the sweeps. It is not disposed with the page.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="InvalidInputException">The address or the port cannot be used.</exception>
    public static async Task<PageHost> StartAsync(HttpSettings settings, IClusterClient client, CancellationToken cancellation)
    {
        // The store belongs to the silo, so the keys for this page's cookies are lost when the page stops.
        var builder = SiloHttp.CreateBuilder(settings, pages: true, keepsKeys: false);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(client);
        var app = builder.Build();
        try
        {
            SiloHttp.MapPageAlone(app);
            await SiloHttp.StartAsync(app, cancellation);
            return new PageHost(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Connected browsers are notified that the page is stopping, but the host does not wait for them.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }
}
