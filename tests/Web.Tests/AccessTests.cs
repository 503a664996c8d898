using System.Net;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdaptCluster.Web.Tests;

/// <summary>Who sees the page, and what a page of another site can do with it.</summary>
public sealed class AccessTests(GuardedSite site, Browser browser) : IClassFixture<GuardedSite>
{
    [Fact]
    public async Task A_browser_shows_the_token_once_and_is_sent_where_it_wanted_to_go()
    {
        await using var window = await browser.OpenAsync(site);
        var page = window.Page;
        await page.GotoAsync("/cluster");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Log in" })).ToBeVisibleAsync();
        await page.GetByLabel("Token").FillAsync("not-the-token-of-this-silo");
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The token is not valid");

        await page.GetByLabel("Token").FillAsync(GuardedSite.Token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Cluster", Exact = true })).ToBeVisibleAsync();
        await page.Locator(".live-mark", new() { HasText = "live" }).WaitForAsync();
        Assert.EndsWith("/cluster", page.Url, StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
        await page.GotoAsync("/cluster");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Log in" })).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Theory]
    [InlineData("//attacker.example/")]
    [InlineData("/\\attacker.example/")]
    [InlineData("http://attacker.example/")]
    public async Task A_link_to_the_login_leads_nowhere_else(string back)
    {
        await using var window = await browser.OpenAsync(site);
        await window.Page.GotoAsync($"/login?back={Uri.EscapeDataString(back)}");
        await window.Page.GetByLabel("Token").FillAsync(GuardedSite.Token);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();

        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "Sweeps" })).ToBeVisibleAsync();
        Assert.StartsWith(site.Address, window.Page.Url, StringComparison.Ordinal);
        Assert.Empty(window.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_no_serious_fault_where_one_logs_in(ColorScheme theme)
    {
        await using var window = await browser.OpenAsync(site, width: 375, theme: theme);
        await window.Page.GotoAsync("/login");

        Assert.Equal("", await window.FaultsAsync());
    }

    [Theory]
    [InlineData("/", null, HttpStatusCode.Unauthorized)]
    [InlineData("/sweeps/x", null, HttpStatusCode.Unauthorized)]
    [InlineData("/metrics", null, HttpStatusCode.Unauthorized)]
    [InlineData("/orleans/", null, HttpStatusCode.Unauthorized)]
    [InlineData("/orleans/version", null, HttpStatusCode.Unauthorized)]
    [InlineData("/_blazor", null, HttpStatusCode.Unauthorized)]
    [InlineData("/_blazor/negotiate", null, HttpStatusCode.Unauthorized)]
    [InlineData("/", "text/html", HttpStatusCode.Redirect)]
    [InlineData("/login", "text/html", HttpStatusCode.OK)]
    public async Task Nothing_but_the_way_in_is_open(string path, string? accept, HttpStatusCode expected)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(site.Address),
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("/session/begin", "http://attacker.example")]
    [InlineData("/session/end", "http://attacker.example")]
    [InlineData("/theme", "http://attacker.example")]
    [InlineData("/_blazor/negotiate", "http://attacker.example")]
    [InlineData("/session/begin", "null")]
    public async Task What_a_page_of_another_site_sends_is_refused(string path, string origin)
    {
        using var client = new HttpClient { BaseAddress = new Uri(site.Address) };
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([new("token", GuardedSite.Token)]),
        };
        request.Headers.Add("Origin", origin);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_own_token_is_refused()
    {
        using var client = new HttpClient { BaseAddress = new Uri(site.Address) };
        using var answer = await client.PostAsync("/session/begin", new FormUrlEncodedContent([new("token", GuardedSite.Token)]),
            TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Pages_tell_browsers_to_load_and_run_nothing_but_their_own_files()
    {
        using var client = new HttpClient { BaseAddress = new Uri(site.Address) };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        using var answer = await client.GetAsync("/login", TestContext.Current.CancellationToken);

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
    }
}
