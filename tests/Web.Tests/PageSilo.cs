using System.Net;
using System.Security.Claims;
using System.Text.RegularExpressions;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AdaptCluster.Web.Tests;

/// <summary>A silo with its pages in this process, so that a test sees which endpoints it has and can make cookies as it does.</summary>
internal sealed partial class PageSilo : IAsyncDisposable
{
    public const string Token = "a-token-of-the-test.0123456789==", Second = "the-second-token-of-the-test",
        Reading = "the-token-that-only-reads";
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-page-").FullName;
    private SiloHost? _silo;
    private IServiceProvider? _services;

    /// <summary>Where the pages are.</summary>
    public Uri Address => _silo?.Http ?? throw new InvalidOperationException("The silo has not started.");

    /// <summary>The silo's services.</summary>
    public IServiceProvider Services => _services ?? throw new InvalidOperationException("The silo has not started.");

    /// <summary>Calls the silo's grains as its pages do.</summary>
    public IClusterClient Client => _silo?.Client ?? throw new InvalidOperationException("The silo has not started.");

    /// <summary>Where its gateway listens.</summary>
    public int GatewayPort => _silo?.Gateway?.Port ?? throw new InvalidOperationException("The silo has not started.");

    /// <summary>All endpoints that it answers.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>Starts one.</summary>
    public static async Task<PageSilo> StartAsync(HttpSettings http)
    {
        _ = PageFiles.Value;
        var silo = new PageSilo();
        try
        {
            var settings = new SiloSettings
            {
                Home = silo._folder,
                ModelRoots = [silo._folder],
                DataRoots = [silo._folder],
                Pool = "cpu",
                Workers = 0,
                Device = "cpu",
                Name = "silo",
            };
            Assert.True(HomeLock.TryTake(silo._folder, out var home));
            silo._silo = await SiloHost.StartAsync(settings, home, TestContext.Current.CancellationToken,
                services => services.AddSingleton<IHostedService>(provider =>
                {
                    silo._services = provider;
                    return new Nothing();
                }),
                new ServingSettings(http, Otlp: null));
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>A browser: it keeps cookies, and shows where it is sent instead of going there.</summary>
    public HttpClient Browser(out CookieContainer cookies)
    {
        cookies = new CookieContainer();
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = cookies })
        {
            BaseAddress = Address,
        };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return client;
    }

    /// <summary>Logs a browser in with a token.</summary>
    /// <returns>The cookie's name and value, as browsers send it.</returns>
    public async Task<string> LogInAsync(string token)
    {
        using var browser = Browser(out var cookies);
        using var answer = await PostFormAsync(browser, "/login", "/session/begin", ("token", token), ("back", "/"));
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, $"{answer.Headers.Location}"));
        return Login(cookies);
    }

    /// <summary>Logs a browser in by the provider, which knows who it is.</summary>
    /// <returns>The cookie's name and value, as browsers send it.</returns>
    public async Task<string> LogInByProviderAsync()
    {
        using var browser = Browser(out var cookies);
        Uri? next = new(Address, "/session/provider?back=/");
        for (var steps = 0; next is not null && steps < 10; steps++)
        {
            using var answer = await browser.GetAsync(next, TestContext.Current.CancellationToken);
            next = answer.Headers.Location is { } to ? new Uri(next, to) : null;
            if (next?.PathAndQuery == "/") break;
        }
        return Login(cookies);
    }

    /// <summary>Sends the form of a page, with the token of that form.</summary>
    public static async Task<HttpResponseMessage> PostFormAsync(
        HttpClient browser, string page, string action, params (string Name, string Value)[] fields)
    {
        var html = await browser.GetStringAsync(page, TestContext.Current.CancellationToken);
        var form = FormTokenOf(html);
        return await browser.PostAsync(action, new FormUrlEncodedContent(
            fields.Append(("__RequestVerificationToken", form)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))),
            TestContext.Current.CancellationToken);
    }

    /// <summary>The token of the forms on a page.</summary>
    public static string FormTokenOf(string html) => FormToken().Match(html).Groups[1].Value;

    /// <summary>A cookie as the silo makes it, for a person of the test's choice, that has run out.</summary>
    public string ExpiredCookie(string cookie)
    {
        var options = Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>()
            .Get(CookieAuthenticationDefaults.AuthenticationScheme);
        var at = cookie.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = (cookie[..at], cookie[(at + 1)..]);
        var ticket = options.TicketDataFormat.Unprotect(value)!;
        var now = TimeProvider.System.GetUtcNow();
        var old = new AuthenticationProperties { IssuedUtc = now.AddHours(-13), ExpiresUtc = now.AddHours(-1) };
        return $"{name}={options.TicketDataFormat.Protect(new AuthenticationTicket(ticket.Principal, old, ticket.AuthenticationScheme))}";
    }

    /// <summary>Who a cookie says somebody is.</summary>
    public ClaimsPrincipal PersonOf(string cookie) => Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>()
        .Get(CookieAuthenticationDefaults.AuthenticationScheme).TicketDataFormat
        .Unprotect(cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..])!.Principal;

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null) await _silo.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Login(CookieContainer cookies)
    {
        var cookie = Assert.Single(cookies.GetAllCookies(), cookie => cookie.Name.EndsWith("adaptcluster-login", StringComparison.Ordinal));
        return $"{cookie.Name}={cookie.Value}";
    }

    /// <summary>
    /// The lists of the page's files, which the build makes for programs and not for tests. Copied once: another silo may be reading them.
    /// </summary>
    private static readonly Lazy<string[]> PageFiles = new(() =>
    {
        var program = System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name;
        string[] lists = ["endpoints", "runtime"];
        foreach (var list in lists)
        {
            var (from, to) = (Path.Combine(Path.GetDirectoryName(SweepProcess.Program)!, $"sweep.staticwebassets.{list}.json"),
                Path.Combine(AppContext.BaseDirectory, $"{program}.staticwebassets.{list}.json"));
            if (File.Exists(from)) File.Copy(from, to, overwrite: true);
        }
        return lists;
    });

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    private sealed class Nothing : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
