using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdaptCluster.Web.Tests;

/// <summary>Logging in with an account of a provider of OpenID Connect.</summary>
public sealed class SingleSignOnTests(SingleSignOnSite site, Browser browser) : IClassFixture<SingleSignOnSite>
{
    private const string Spec =
        """{"name": "mine", "backbone": "tiny-clip", "shots": 1, "seeds": [1], "datasets": ["tiny-kinds"], "arms": [{"method": "zero-shot"}]}""";

    [Fact]
    public async Task Who_is_let_in_goes_where_they_wanted_and_their_sweeps_carry_their_name()
    {
        (site.Provider.Person, site.Provider.Verified, site.Provider.Groups) = ("ada@lab.example", true, []);
        await using var window = await browser.OpenAsync(site);
        var page = window.Page;
        await page.GotoAsync("/submit");
        await page.GetByRole(AriaRole.Link, new() { Name = "Log in with 127.0.0.1" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Log out ada@lab.example" })).ToBeVisibleAsync();
        Assert.EndsWith("/submit", page.Url, StringComparison.Ordinal);

        await page.Locator(".live-mark", new() { HasText = "live" }).WaitForAsync();
        await page.GetByLabel("Spec", new() { Exact = true }).FillAsync(Spec);
        await page.GetByRole(AriaRole.Button, new() { Name = "Plan" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit 1 job" }).ClickAsync();
        await Expect(page.GetByText("by ada@lab.example")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Log out ada@lab.example" }).ClickAsync();
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Log in" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Whom_the_provider_knows_and_the_cluster_does_not_admit_is_told_so_and_stays_outside()
    {
        (site.Provider.Person, site.Provider.Verified, site.Provider.Groups) = ("eve@elsewhere.example", true, ["lab,OU=groups"]);
        await using var window = await browser.OpenAsync(site);
        await window.Page.GotoAsync("/");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Log in with 127.0.0.1" }).ClickAsync();

        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("You do not have access to this cluster");
        await window.Page.GotoAsync("/");
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "Log in" })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public async Task An_address_that_the_provider_does_not_call_verified_lets_nobody_in_and_they_are_told_what_to_do(bool? verified)
    {
        (site.Provider.Person, site.Provider.Verified, site.Provider.Groups) = ("ada@lab.example", verified, []);
        await using var window = await browser.OpenAsync(site);
        await window.Page.GotoAsync("/");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Log in with 127.0.0.1" }).ClickAsync();

        var alert = window.Page.GetByRole(AriaRole.Alert);
        await Expect(alert).ToContainTextAsync("does not mark your email address as verified (email_verified)");
        await Expect(alert).ToContainTextAsync("Http:Oidc:TrustUnverifiedEmail");
    }

    [Fact]
    public async Task A_group_with_commas_in_its_name_lets_in_and_an_unverified_address_is_nobodys_name()
    {
        (site.Provider.Person, site.Provider.Verified, site.Provider.Groups) =
            ("ada@lab.example", false, ["CN=ml-team,OU=groups,DC=lab"]);
        await using var window = await browser.OpenAsync(site);
        await window.Page.GotoAsync("/");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Log in with 127.0.0.1" }).ClickAsync();

        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Log out ada@lab.example (1)" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_answer_that_nobody_asked_the_provider_for_lets_nobody_in()
    {
        await using var window = await browser.OpenAsync(site);
        await window.Page.GotoAsync("/session/provider/back?code=stolen&state=made-up");

        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("could not log you in");
    }

    [Fact]
    public async Task The_token_still_lets_in()
    {
        await using var window = await browser.OpenAsync(site);
        await window.Page.GotoAsync("/cluster");
        await window.Page.GetByLabel("Token").FillAsync(GuardedSite.Token);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();

        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "Workers" })).ToBeVisibleAsync();
    }
}

/// <summary>A site that asks for a token, or for an account of a provider.</summary>
public sealed class SingleSignOnSite : Site
{
    /// <summary>The token of those who may only read.</summary>
    public const string Reading = "a-token-that-only-reads";

    internal IdentityProvider Provider { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Provider = await IdentityProvider.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Provider.DisposeAsync();
    }

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["ADAPTCLUSTER_HTTP__TOKEN"] = GuardedSite.Token,
        ["ADAPTCLUSTER_HTTP__OIDC__AUTHORITY"] = Provider.Address,
        ["ADAPTCLUSTER_HTTP__OIDC__CLIENTID"] = IdentityProvider.Client,
        ["ADAPTCLUSTER_HTTP__OIDC__CLIENTSECRET"] = IdentityProvider.Secret,
        ["ADAPTCLUSTER_HTTP__OIDC__ALLOW__0"] = "groups=CN=ml-team,OU=groups,DC=lab",
        ["ADAPTCLUSTER_HTTP__OIDC__ALLOW__1"] = "email=ada@lab.example",
        ["ADAPTCLUSTER_HTTP__READTOKEN"] = Reading,
        ["ADAPTCLUSTER_WORKERS"] = "1",
    };
}
