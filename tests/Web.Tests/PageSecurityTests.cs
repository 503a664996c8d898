using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Http;
using Microsoft.AspNetCore.Components.Authorization;

namespace AdaptCluster.Web.Tests;

/// <summary>What the pages keep from those who try more than they may.</summary>
public sealed class PageSecurityTests
{
    private static readonly string[] Known =
        ["adaptcluster-form", "adaptcluster-login", "adaptcluster-nonce-", "adaptcluster-provider-", "theme"];

    private static readonly HttpSettings Guarded = new() { Port = 0, Token = PageSilo.Token, ReadToken = PageSilo.Reading };

    [Theory]
    [InlineData("https://adapt.lab.example", true)]
    [InlineData("http://adapt.lab.example", false)]
    [InlineData(null, false)]
    public async Task Cookies_are_secure_and_of_this_host_alone_where_browsers_find_the_page_by_https(string? address, bool secure)
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var silo = await PageSilo.StartAsync(Guarded with
        {
            PublicUrl = address is null ? null : new Uri(address),
            Oidc = new OidcSettings
            {
                Authority = new Uri(provider.Address),
                ClientId = IdentityProvider.Client,
                ClientSecret = IdentityProvider.Secret,
            },
        });
        using var client = Plain(silo);
        var form = await SendAsync(client, HttpMethod.Get, "/login", null);
        var (cookie, field) = (Sent(form), FormField(form.Body));
        var begun = await SendAsync(client, HttpMethod.Post, "/session/begin", cookie, ("token", PageSilo.Token), ("back", "/"), field);
        var themed = await SendAsync(client, HttpMethod.Post, "/theme", cookie, ("choice", "dark"), ("back", "/login"), field);
        var challenged = await SendAsync(client, HttpMethod.Get, "/session/provider", null);

        Assert.Equal((302, 302, 302), (begun.Code, themed.Code, challenged.Code));
        string[] all = [.. form.Cookies, .. begun.Cookies, .. themed.Cookies, .. challenged.Cookies];
        Assert.All(Known, known => Assert.Contains(all, text => IsOf(text, known)));
        Assert.All(all, text => Assert.Contains(Known, known => IsOf(text, known)));
        Assert.All(all, text =>
        {
            Assert.Equal(secure, Name(text).StartsWith("__Host-", StringComparison.Ordinal));
            Assert.Equal(secure, text.Contains("; secure", StringComparison.OrdinalIgnoreCase));
            Assert.Contains("; httponly", text, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; path=/;", text + ";", StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("domain=", text, StringComparison.OrdinalIgnoreCase);
        });
        var login = await SendAsync(client, HttpMethod.Get, "/", Sent(begun));
        Assert.Equal(200, login.Code);
        // A browser is sent where it may show its cookie.
        var closed = await SendAsync(client, HttpMethod.Get, "/", "none=1");
        Assert.StartsWith(secure ? "https://" : "http://", closed.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_was_logged_in_before_the_address_became_https_logs_in_again_and_sees_no_fault()
    {
        await using var silo = await PageSilo.StartAsync(Guarded with { PublicUrl = new Uri("https://adapt.lab.example") });
        using var client = Plain(silo);
        var form = await SendAsync(client, HttpMethod.Get, "/login", null);
        var old = Sent(form).Replace("__Host-", "", StringComparison.Ordinal) + "; adaptcluster-login=CfDJ8of-another-day; theme=dark";

        var page = await SendAsync(client, HttpMethod.Get, "/", old);
        var stale = await SendAsync(client, HttpMethod.Post, "/session/begin", old, ("token", PageSilo.Token), FormField(form.Body));
        var again = await SendAsync(client, HttpMethod.Get, "/login", old);

        Assert.Equal((302, 400, 200), (page.Code, stale.Code, again.Code));
    }

    [Fact]
    public async Task The_page_of_a_command_leaves_the_cookies_of_the_silo_beside_it_alone()
    {
        await using var silo = await PageSilo.StartAsync(Guarded);
        await using var page = await PageHost.StartAsync(Guarded, silo.Client, TestContext.Current.CancellationToken);
        var names = new List<string>();
        // Browsers send both what either has set.
        foreach (var address in (Uri[])[silo.Address, page.Address])
        {
            using var client = Plain(address);
            var form = await SendAsync(client, HttpMethod.Get, "/login", null);
            var begun = await SendAsync(
                client, HttpMethod.Post, "/session/begin", Sent(form), ("token", PageSilo.Token), ("back", "/"), FormField(form.Body));
            Assert.Equal(302, begun.Code);
            names.AddRange(form.Cookies.Concat(begun.Cookies).Select(Name).Distinct());
        }

        Assert.Equal(4, names.Distinct().Count());
    }

    [Theory]
    [InlineData("/session/begin")]
    [InlineData("/theme")]
    [InlineData("/login")]
    public async Task What_strangers_send_that_is_too_large_or_no_form_is_refused_and_never_a_fault(string path)
    {
        await using var silo = await PageSilo.StartAsync(Guarded);
        using var client = Plain(silo);
        const string form = "application/x-www-form-urlencoded";
        (string Type, string Body, int Expected)[] bodies =
        [
            (form, "token=" + new string('a', 200_000), 413),
            (form, string.Join('&', Enumerable.Range(0, 3_000).Select(i => $"k{i}=v")), 400),
            (form, new string('k', 5_000) + "=v", 400),
            (form, "%zz=%&&&=;==", 400),
            ("multipart/form-data", "--x\r\n", 400),
            ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nno end", 400),
            ("multipart/form-data; boundary=" + new string('x', 300), "--x", 400),
            ("application/json", "{", 400),
            ("nonsense/;;=", "x", 400),
            ("", "x", 400),
        ];
        foreach (var (type, body, expected) in bodies)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
            if (type.Length > 0) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True((int)answer.StatusCode == expected, $"{path} {type} {body[..Math.Min(body.Length, 20)]}: {(int)answer.StatusCode}");
        }
        // In pieces nobody knows the length before its end.
        using var pieces = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent("token=" + new string('a', 200_000), MediaTypeHeaderValue.Parse(form)),
        };
        pieces.Headers.TransferEncodingChunked = true;
        using var refused = await client.SendAsync(pieces, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    [Fact]
    public async Task A_page_whose_visitor_may_only_read_or_is_nobody_changes_nothing_whatever_it_calls()
    {
        await using var silo = await PageSilo.StartAsync(Guarded);
        var reading = silo.PersonOf(await silo.LogInAsync(PageSilo.Reading));
        foreach (var (person, name) in new[] { (reading, "read token"), (new ClaimsPrincipal(new ClaimsIdentity()), null) })
        {
            var reader = Reader(silo, person);
            Assert.True(reader.IsReadOnly);
            await Assert.ThrowsAsync<InvalidInputException>(() => reader.Front.SubmitAsync("{}", "spec", new SubmitOptions()));
            await Assert.ThrowsAsync<InvalidInputException>(() => reader.PlanAsync("{}", "spec", "eve"));
            var entry = (await reader.Front.AuditAsync(new AuditQuery { Count = 1 }))[0];
            Assert.Equal((AuditAction.Submit, AuditOutcome.Refused, name), (entry.Action, entry.Outcome, entry.Name));
        }
        var full = Reader(silo, silo.PersonOf(await silo.LogInAsync(PageSilo.Token)));
        Assert.False(full.IsReadOnly);
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => full.Front.SubmitAsync("{}", "spec", new SubmitOptions()));
        Assert.DoesNotContain("only read", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_client_at_the_gateway_says_of_its_way_is_not_believed()
    {
        await using var silo = await PageSilo.StartAsync(Guarded);
        await using var client = await GatewayClient.JoinLocalAsync(silo.GatewayPort, TestContext.Current.CancellationToken);
        var front = client.Client.GetGrain<IFrontGrain>(0);
        new Caller(CallerWay.Oidc, "ada@lab.example", IsReadOnly: true).Apply();

        await Assert.ThrowsAsync<InvalidInputException>(() => front.SubmitAsync("{}", "spec", new SubmitOptions()));

        var entry = Assert.Single(await front.AuditAsync(new AuditQuery()));
        Assert.Equal((CallerWay.Gateway, "ada@lab.example"), (entry.Way, entry.Name));
    }

    private static ClusterReader Reader(PageSilo silo, ClaimsPrincipal person) => new(silo.Client, new Somebody(person), silo.Services);

    private static HttpClient Plain(PageSilo silo) => Plain(silo.Address);

    private static HttpClient Plain(Uri address) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };

    private static async Task<Answer> SendAsync(
        HttpClient client, HttpMethod method, string path, string? cookie, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(method, path);
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        if (fields.Length > 0)
            request.Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer((int)answer.StatusCode, $"{answer.Headers.Location}",
            answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : [],
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static string Sent(Answer answer) =>
        string.Join("; ", answer.Cookies.Select(text => text[..text.IndexOf(';', StringComparison.Ordinal)]));

    /// <summary>Whether a cookie is the one of a name, or one whose name begins so.</summary>
    private static bool IsOf(string cookie, string known) =>
        Name(cookie).Replace("__Host-", "", StringComparison.Ordinal).StartsWith(known, StringComparison.Ordinal);

    private static string Name(string cookie) => cookie[..cookie.IndexOf('=', StringComparison.Ordinal)];

    private static (string, string) FormField(string html) => ("__RequestVerificationToken", PageSilo.FormTokenOf(html));

    private sealed record Answer(int Code, string Location, string[] Cookies, string Body);

    private sealed class Somebody(ClaimsPrincipal person) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(person));
    }
}
