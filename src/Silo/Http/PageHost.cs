using AdaptCluster.Contracts;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AdaptCluster.Silo.Http;

/// <summary>The web page in a process whose sweeps run in another one, such as a command that watches one.</summary>
public sealed class PageHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PageHost(WebApplication app) => _app = app;

    /// <summary>Where the page is.</summary>
    public Uri Address => SiloHttp.Listeners(_app)!.Main!;

    /// <summary>Starts it.</summary>
    /// <param name="settings">Where and to whom it answers.</param>
    /// <param name="client">Calls the grains of the silo that runs the sweeps; it stays when the page ends.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidInputException">The address or the port cannot be taken.</exception>
    public static async Task<PageHost> StartAsync(HttpSettings settings, IClusterClient client, CancellationToken cancellation)
    {
        // The store is the silo's: cookies of this page end with it.
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
        // Browsers that look at it hear that it ends, and are not waited for.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }
}
