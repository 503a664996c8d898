using System.Text.RegularExpressions;
using AdaptCluster.Silo.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Web.Tests;

/// <summary>
/// Every way of access by every endpoint by every method. The endpoints are those that the silo has, so that a new one is found here until
/// somebody has said who may use it.
/// </summary>
public sealed partial class AccessTableTests
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];

    /// <summary>Who may call an endpoint, and what those hear who may.</summary>
    /// <param name="Open">Whether strangers may.</param>
    /// <param name="ReadersChange">Whether those too may send something who may read only.</param>
    /// <param name="Codes">What each method answers; one that is not here is not allowed. Null: a framework's own, any answer but a fault
    /// and a refusal.</param>
    private sealed record Rule(bool Open, bool ReadersChange, Dictionary<string, int>? Codes)
    {
        /// <summary>Whether it is one of the API's: other methods are refused, and cookies need the origin that browsers send.</summary>
        public bool IsApi { get; init; }

        /// <summary>Whether it answers what fits no route of the API, and so changes nothing.</summary>
        public bool IsFallback { get; init; }
    }

    private static readonly Dictionary<string, int> Page = new() { ["GET"] = 200, ["POST"] = 400 };
    private static readonly Dictionary<string, int> Missing = new() { ["GET"] = 404, ["POST"] = 400 };
    private static readonly Dictionary<string, int> MissingFile = new() { ["GET"] = 404 };
    private static readonly Dictionary<string, int> Read = new() { ["GET"] = 200 };

    private static readonly Rule Elsewhere = new(Open: false, ReadersChange: false, Missing);

    /// <summary>What is no route of the API: no page is found there.</summary>
    private static readonly Rule ElsewhereInApi = new(Open: false, ReadersChange: false, Any(404)) { IsApi = true, IsFallback = true };

    /// <summary>A route of the API that does not take the method.</summary>
    private static readonly Rule OtherMethodInApi = new(Open: false, ReadersChange: false, Any(405)) { IsApi = true, IsFallback = true };

    private static readonly Rule ReadBySweep = new(Open: false, ReadersChange: false, MissingFile) { IsApi = true };
    private static readonly Rule ChangeOfSweep = new(Open: false, ReadersChange: false, new() { ["POST"] = 404 }) { IsApi = true };

    /// <summary>
    /// What frameworks bring, by the start of its routes: the pages' live connection and Orleans' dashboard. Closed like pages.
    /// </summary>
    private static readonly string[] Frameworks = ["/_blazor", "/_framework/", "/orleans/"];

    /// <summary>By the endpoint's route. A form without its token is answered with 400.</summary>
    private static readonly Dictionary<string, Rule> Rules = new()
    {
        ["/"] = new(Open: false, ReadersChange: false, Page),
        ["/submit"] = new(Open: false, ReadersChange: false, Page),
        ["/compare"] = new(Open: false, ReadersChange: false, Page),
        ["/cluster"] = new(Open: false, ReadersChange: false, Page),
        ["/sweeps/{Id}"] = new(Open: false, ReadersChange: false, Missing),
        ["/sweeps/{Id}/jobs/{Job}"] = new(Open: false, ReadersChange: false, Missing),
        ["/sweeps/{Id}/table.csv"] = new(Open: false, ReadersChange: false, MissingFile),
        ["/sweeps/{Id}/table.md"] = new(Open: false, ReadersChange: false, MissingFile),
        ["/sweeps/{Id}/table.tex"] = new(Open: false, ReadersChange: false, MissingFile),
        ["/sweeps/{Id}/table.svg"] = new(Open: false, ReadersChange: false, MissingFile),
        ["/sweeps/{Id}/table.pdf"] = new(Open: false, ReadersChange: false, MissingFile),
        ["/sweeps/{Id}/axis.svg"] = new(Open: false, ReadersChange: false, MissingFile),
        ["/sweeps/{Id}/axis.pdf"] = new(Open: false, ReadersChange: false, MissingFile),
        ["/sweeps/{Id}/prompts.zip"] = new(Open: false, ReadersChange: false, MissingFile),
        ["/sweeps/{Id}/jobs/{Job}/prompts.safetensors"] = new(Open: false, ReadersChange: false, MissingFile),
        ["/sweeps/{Id}/jobs/{Job}/images/{index:int}.jpg"] = new(Open: false, ReadersChange: false, MissingFile),
        ["/sweeps/{Id}/spec.json"] = new(Open: false, ReadersChange: false, MissingFile),
        ["/api/openapi.json"] = new(Open: false, ReadersChange: false, Read) { IsApi = true },
        // A spec must say that it is one: a body without a type is refused.
        ["/api/v1/plan"] = new(Open: false, ReadersChange: false, new() { ["POST"] = 415 }) { IsApi = true },
        ["/api/v1/sweeps"] = new(Open: false, ReadersChange: false, new() { ["GET"] = 200, ["POST"] = 415 }) { IsApi = true },
        ["/api/v1/sweeps/{id}"] = ReadBySweep,
        ["/api/v1/sweeps/{id}/results"] = ReadBySweep,
        ["/api/v1/sweeps/{id}/spec"] = ReadBySweep,
        ["/api/v1/sweeps/{id}/jobs"] = ReadBySweep,
        ["/api/v1/sweeps/{id}/jobs/{job}"] = ReadBySweep,
        ["/api/v1/sweeps/{id}/jobs/{job}/curve"] = ReadBySweep,
        ["/api/v1/sweeps/{id}/jobs/{job}/masks"] = ReadBySweep,
        ["/api/v1/sweeps/{id}/cancel"] = ChangeOfSweep,
        ["/api/v1/sweeps/{id}/pause"] = ChangeOfSweep,
        ["/api/v1/sweeps/{id}/resume"] = ChangeOfSweep,
        ["/api/v1/sweeps/{id}/retry"] = ChangeOfSweep,
        // What is to be changed is read before the sweep is sought.
        ["/api/v1/sweeps/{id}/set"] = new(Open: false, ReadersChange: false, new() { ["POST"] = 400 }) { IsApi = true },
        ["/api/{**rest}"] = ElsewhereInApi,
        ["/{*Path}"] = Elsewhere,
        ["{**path:file}"] = Elsewhere,
        ["/login"] = new(Open: true, ReadersChange: false, Page),
        ["/session/begin"] = new(Open: true, ReadersChange: false, new() { ["POST"] = 400 }),
        ["/session/end"] = new(Open: false, ReadersChange: true, new() { ["POST"] = 400 }),
        ["/session/provider"] = new(Open: true, ReadersChange: false, new() { ["GET"] = 302 }),
        ["/theme"] = new(Open: true, ReadersChange: true, new() { ["POST"] = 400 }),
        ["/metrics"] = new(Open: false, ReadersChange: false, Any(200)),
        ["/health/live"] = new(Open: true, ReadersChange: false, Any(200)),
        ["/health/ready"] = new(Open: true, ReadersChange: false, Any(200)),
    };

    [Fact]
    public async Task Every_way_of_access_is_answered_at_every_endpoint_as_the_table_says_and_never_with_a_fault()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var silo = await PageSilo.StartAsync(Guarded(provider));
        var ways = await WaysAsync(silo);
        var address = silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        client.BaseAddress = silo.Address;
        var (unexpected, asked, routes) = (new List<string>(), 0, new List<string>());
        foreach (var route in silo.Endpoints.Select(endpoint => endpoint.RoutePattern.RawText!).Distinct())
        {
            if (RuleOf(route, silo.Endpoints) is not { } rule)
            {
                unexpected.Add($"{route}: no rule of this table says who may call it");
                continue;
            }
            routes.Add(route);
            foreach (var way in ways)
            {
                foreach (var method in Methods)
                {
                    asked++;
                    var code = await AskAsync(client, way, method, PathOf(route, address));
                    if (rule.Codes is null)
                    {
                        if (!IsExpected(way, code)) unexpected.Add($"{way.Name} {method} {route}: {code}");
                    }
                    else if (!Expected(rule, way, method).Contains(code))
                    {
                        unexpected.Add(
                            $"{way.Name} {method} {route}: {code}, expected {string.Join(" or ", Expected(rule, way, method))}");
                    }
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{asked} requests, {unexpected.Count} unexpected");
        // What the table is about is there at all.
        Assert.All(["/", "/metrics", "/api/v1/", .. Frameworks],
            start => Assert.Contains(routes, route => route.StartsWith(start, StringComparison.Ordinal)));
        Assert.True(unexpected.Count == 0, $"{unexpected.Count} of {asked}:\n{string.Join('\n', unexpected.Take(200))}");
    }

    private static Dictionary<string, int> Any(int code) => Methods.ToDictionary(method => method, _ => code);

    private static HttpSettings Guarded(IdentityProvider provider) => new()
    {
        Port = 0,
        Token = PageSilo.Token,
        Token2 = PageSilo.Second,
        ReadToken = PageSilo.Reading,
        Oidc = new OidcSettings
        {
            Authority = new Uri(provider.Address),
            ClientId = IdentityProvider.Client,
            ClientSecret = IdentityProvider.Secret,
            Allow = [("email", "ada@lab.example")],
        },
    };

    private static async Task<Way[]> WaysAsync(PageSilo silo)
    {
        var (cookie, reading, person) = (await silo.LogInAsync(PageSilo.Token), await silo.LogInAsync(PageSilo.Reading),
            await silo.LogInByProviderAsync());
        return
        [
            new("nobody", Right.None),
            new("a browser", Right.None) { Html = true },
            new("a wrong token", Right.None) { Bearer = "wrong-wrong-wrong-wrong" },
            new("the token", Right.Change) { Bearer = PageSilo.Token },
            new("the second token", Right.Change) { Bearer = PageSilo.Second },
            new("the read token", Right.Read) { Bearer = PageSilo.Reading },
            new("an expired cookie", Right.None) { Cookie = silo.ExpiredCookie(cookie) },
            new("an expired cookie of a person", Right.None) { Cookie = silo.ExpiredCookie(person) },
            new("a made up cookie", Right.None) { Cookie = "adaptcluster-login=CfDJ8made-up" },
            new("a cookie", Right.Change) { Cookie = cookie },
            new("a read-only cookie", Right.Read) { Cookie = reading },
            new("a person of the provider", Right.Change) { Cookie = person },
            new("the token and a read-only cookie", Right.Change) { Bearer = PageSilo.Token, Cookie = reading },
            new("the read token and a cookie", Right.Read) { Bearer = PageSilo.Reading, Cookie = cookie },
            new("a wrong token and a cookie", Right.None) { Bearer = "wrong-wrong-wrong-wrong", Cookie = cookie },
        ];
    }

    /// <summary>Whether a framework's endpoint may answer so: strangers are sent away, others hear anything but that or a fault.</summary>
    private static bool IsExpected(Way way, int code) => way.Right == Right.None
        ? code == 401 || (code == 302 && way.Bearer is null && (way.Html || way.Cookie is not null))
        : code is not (401 or 302) and < 500;

    private static int[] Expected(Rule rule, Way way, string method)
    {
        var codes = rule.Codes!;
        var isRead = method is "GET" or "HEAD" or "OPTIONS";
        // Where an endpoint does not take a method, the page for what is not there does, which is closed.
        if (!codes.ContainsKey(method) && rule != Elsewhere) return Expected(rule.IsApi ? OtherMethodInApi : Elsewhere, way, method);
        // Who might get in by logging in is sent there.
        if (way.Right == Right.None && !rule.Open) return [way.Bearer is null && (way.Html || way.Cookie is not null) ? 302 : 401];
        if (way.Right == Right.Read && !isRead && !rule.ReadersChange) return [403];
        if (rule.IsApi && !rule.IsFallback && method == "POST" && way.Cookie is not null && way.Bearer is null) return [403];
        if (codes.TryGetValue(method, out var code)) return [code];
        return method == "HEAD" && codes.TryGetValue("GET", out var get) ? [get, 405] : [405];
    }

    private static async Task<int> AskAsync(HttpClient client, Way way, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (way.Bearer is { } token) request.Headers.Authorization = new("Bearer", token);
        if (way.Cookie is { } cookie) request.Headers.Add("Cookie", cookie);
        if (way.Html) request.Headers.Accept.ParseAdd("text/html");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    /// <summary>The rule of a route; files that everybody may have, and the parts of frameworks, have one for all of their kind.</summary>
    private static Rule? RuleOf(string route, IReadOnlyList<RouteEndpoint> endpoints)
    {
        if (Rules.TryGetValue(route, out var rule)) return rule;
        if (Array.Exists(Frameworks, start => route.StartsWith(start, StringComparison.Ordinal)))
            return new(Open: false, ReadersChange: false, Codes: null);
        var endpoint = endpoints.First(endpoint => endpoint.RoutePattern.RawText == route);
        var open = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        if (open && Path.HasExtension(route)) return new(Open: true, ReadersChange: false, new() { ["GET"] = 200, ["HEAD"] = 200 });
        return null;
    }

    /// <param name="route">The route.</param>
    /// <param name="address">A silo's address: Orleans' dashboard answers any other text in its place with a fault.</param>
    private static string PathOf(string route, string address) => Parameter().Replace(
        route.Replace("{*address}", address, StringComparison.Ordinal)
            .Replace("HistoricalStats/{*path}", $"HistoricalStats/{address}", StringComparison.Ordinal)
            .Replace("{Id}", "none-00000000", StringComparison.OrdinalIgnoreCase)
            .Replace("{**path:file}", "/nothing.txt", StringComparison.Ordinal),
        "1");

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    private enum Right
    {
        None,
        Read,
        Change,
    }

    private sealed record Way(string Name, Right Right)
    {
        public string? Bearer { get; init; }

        public string? Cookie { get; init; }

        public bool Html { get; init; }
    }
}
