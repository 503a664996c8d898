using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdaptCluster.Web.Tests;

/// <summary>A day of several people on one sweep, and what the audit log has of it in the evening.</summary>
public sealed class AuditDayTests(SingleSignOnSite site, Browser browser) : IClassFixture<SingleSignOnSite>
{
    private static readonly string LongSpec =
        TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 2000", StringComparison.Ordinal);

    [Fact]
    public async Task The_log_says_who_did_what_by_which_way_in_the_order_of_the_day()
    {
        (site.Provider.Person, site.Provider.Verified) = ("ada@lab.example", true);
        var id = await site.SubmitAsync(LongSpec, wait: false);
        await using var ada = await browser.OpenAsync(site);
        await ada.Page.GotoAsync($"/sweeps/{id}");
        await ada.Page.GetByRole(AriaRole.Link, new() { Name = "Log in with 127.0.0.1" }).ClickAsync();
        await ActAsync(ada.Page, "Pause", "Pause", "paused");
        await using var bob = await browser.OpenAsync(site);
        await LogInAsync(bob.Page, $"/sweeps/{id}", GuardedSite.Token);
        await ActAsync(bob.Page, "Resume", "Resume", "running");
        Assert.Equal(0, (await site.RunAsync("set", id, "--priority", "5")).Code);

        await using var viewer = await browser.OpenAsync(site);
        await LogInAsync(viewer.Page, $"/sweeps/{id}", SingleSignOnSite.Reading);
        await Expect(viewer.Page.GetByText("You have read-only access")).ToBeVisibleAsync();
        await Expect(viewer.Page.GetByText("read-only", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(viewer.Page.GetByRole(AriaRole.Group, new() { Name = "Actions" })).ToHaveCountAsync(0);
        await viewer.Page.GotoAsync("/submit");
        await Expect(viewer.Page.GetByText("You have read-only access")).ToBeVisibleAsync();
        await Expect(viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Plan" })).ToHaveCountAsync(0);

        await ActAsync(ada.Page, "Cancel sweep", "Cancel the sweep", "cancelled");
        await ada.Page.GetByRole(AriaRole.Link, new() { Name = "Spec", Exact = true }).ClickAsync();
        var audit = ada.Page.GetByRole(AriaRole.Region, new() { Name = "Audit log" });
        await Expect(audit.GetByRole(AriaRole.Row).Filter(new() { HasText = "cancel" }).First).ToContainTextAsync("ada@lab.example");
        Assert.Equal("", await ada.FaultsAsync());
        Assert.Equal(0, (await site.RunAsync("retry", id)).Code);
        Assert.Equal(2, (await site.RunAsync("pause", id)).Code);
        await site.StopAsync();
        Assert.Equal(0, (await site.RunAsync("set", id, "--priority", "0")).Code);

        var me = $"{Environment.UserName}@{Environment.MachineName}";
        var lines = (await site.RunAsync("audit", id)).Output.Split('\n');
        Assert.Equal(
        [
            $"submit  done       {id}  {me} (gateway, self-reported)",
            $"pause   done       {id}  ada@lab.example (single sign-on)",
            $"resume  done       {id}  token (page)",
            $"set     done       {id}  {me} (gateway, self-reported): priority 0 to 5",
            $"cancel  done       {id}  ada@lab.example (single sign-on)",
            $"retry   done       {id}  {me} (gateway, self-reported)",
            $"pause   refused    {id}  {me} (gateway, self-reported): sweep {id} is cancelled and cannot be paused; "
                + $"'sweep status {id}' shows its state.",
            $"set     done       {id}  {me} (this machine): priority 5 to 0",
        ], lines.Select(line => line[(line.IndexOf("Z  ", StringComparison.Ordinal) + 3)..].TrimEnd()));
        var newest = (JsonNode)Assert.Single((await site.RunAsync("audit", "--limit", "1", "--json")).Json.AsArray())!;
        Assert.Equal($"set done embedded {me} {id}",
            $"{newest["action"]} {newest["outcome"]} {newest["way"]} {newest["name"]} {newest["sweep"]}");
    }

    private static async Task LogInAsync(IPage page, string path, string token)
    {
        await page.GotoAsync(path);
        await page.GetByLabel("Token").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await page.Locator(".live-mark", new() { HasText = "live" }).WaitForAsync();
    }

    private static async Task ActAsync(IPage page, string action, string yes, string state)
    {
        await page.Locator(".live-mark", new() { HasText = "live" }).WaitForAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = "Actions" }).GetByRole(AriaRole.Button, new() { Name = action }).ClickAsync();
        await page.Locator(".rz-dialog").GetByRole(AriaRole.Button, new() { Name = yes }).ClickAsync();
        await Expect(page.Locator(".state").First).ToHaveTextAsync(state);
    }
}
