using System.Net;
using System.Net.Sockets;
using System.Text;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Silo.Tests.Http;

/// <summary>A silo by itself, with one worker, that answers HTTP on a free port.</summary>
public sealed class HttpSilo : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-http-").FullName;
    private SiloHost? _silo;

    public HttpClient Client { get; } = new();

    public Uri Address => _silo?.Http ?? throw new InvalidOperationException("The silo has not started.");

    /// <summary>Where probes ask.</summary>
    public Uri Probes => _silo?.HttpProbes ?? throw new InvalidOperationException("The silo has no listener for probes.");

    public string StoreFile => Path.Combine(_folder, "store.db");

    public static async Task<HttpSilo> StartAsync(HttpSettings? http, Action<IServiceCollection>? replace = null, bool serves = true)
    {
        var silo = new HttpSilo();
        try
        {
            var settings = new SiloSettings
            {
                Home = silo._folder,
                ModelRoots = [silo._folder],
                DataRoots = [silo._folder],
                Pool = "cpu",
                Workers = 1,
                Device = "cpu",
                Name = "silo",
            };
            Assert.True(HomeLock.TryTake(silo._folder, out var home));
            silo._silo = await SiloHost.StartAsync(settings, home, TestContext.Current.CancellationToken, replace,
                serves ? new ServingSettings(http, Otlp: null) : null);
            if (http is not null && serves) silo.Client.BaseAddress = silo._silo.Http;
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    public bool AnswersHttp => _silo!.Http is not null;

    /// <summary>Asks as a caller does that shows a token, or none.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, string? authorization = null, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Headers.Host = host;
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends bytes that no client library would.</summary>
    /// <returns>The status line of the answer.</returns>
    public async Task<string?> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(TestContext.Current.CancellationToken);
    }

    public async Task StopAsync()
    {
        if (_silo is not null) await _silo.DisposeAsync();
        _silo = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Client.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
