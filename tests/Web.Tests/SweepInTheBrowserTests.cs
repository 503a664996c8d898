using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

[assembly: AssemblyFixture(typeof(AdaptCluster.Web.Tests.Browser))]

namespace AdaptCluster.Web.Tests;

/// <summary>What a researcher does with the page, from a spec to the masks of a job.</summary>
public sealed class SweepInTheBrowserTests(Site site, Browser browser) : IClassFixture<Site>
{
    /// <summary>So long that it does not end by itself before somebody cancels it.</summary>
    private static readonly string LongSpec = TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 2000", StringComparison.Ordinal);

    [Fact]
    public async Task A_pasted_spec_is_planned_runs_and_fills_its_table_while_one_looks()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync("/submit");
        await page.GetByLabel("Spec", new() { Exact = true }).FillAsync(TemporaryHome.SmallSpec);
        await page.GetByRole(AriaRole.Button, new() { Name = "Plan" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Plan of" })).ToBeVisibleAsync();
        await window.PictureAsync("submit");
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit 12 jobs" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Table" })).ToBeVisibleAsync();
        // Nobody loads the page again: it follows by itself.
        await Expect(page.Locator(".state").First).ToHaveTextAsync("completed", new() { Timeout = 60_000 });
        await Expect(page.Locator("table.results td.incomplete")).ToHaveCountAsync(0);
        await Expect(page.Locator("table.results td.best")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("figure svg").First).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_running_sweep_is_cancelled_after_a_question_and_only_after_yes()
    {
        await using var window = await browser.OpenAsync(site);
        var id = await site.SubmitAsync(LongSpec, wait: false);
        var page = await window.GoAsync($"/sweeps/{id}");
        await Expect(page.Locator(".state").First).ToHaveTextAsync("running");

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel sweep" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Back" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Expect(page.Locator(".state").First).ToHaveTextAsync("running");

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel sweep" }).ClickAsync();
        await window.PictureAsync("cancel");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the sweep" }).ClickAsync();
        await Expect(page.Locator(".state").First).ToHaveTextAsync("cancelled");
        Assert.Equal("cancelled", (string)(await site.RunAsync("status", id, "--json")).Json["summary"]!["state"]!);
        Assert.Empty(window.Complaints);
    }

    [Theory]
    [InlineData("not JSON at all", "spec")]
    [InlineData("""{"backbone": "tiny-clip", "datasets": ["tiny-kinds"], "arms": [{"method": "adopt"}]}""", "$.arms[0].method")]
    [InlineData("""{"backbone": "../../etc", "datasets": ["tiny-kinds"], "arms": [{"method": "zero-shot"}]}""", "$.backbone")]
    public async Task A_spec_that_cannot_be_run_is_refused_with_the_place_and_cannot_be_submitted(string spec, string place)
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync("/submit");
        await page.GetByLabel("Spec", new() { Exact = true }).FillAsync(spec);
        await page.GetByRole(AriaRole.Button, new() { Name = "Plan" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(place);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Submit" })).ToHaveCountAsync(0);
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_dropped_file_is_planned_and_a_change_of_its_text_takes_the_plan_away()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync("/submit");
        await page.GetByLabel("File").SetInputFilesAsync(new FilePayload { Name = "mine.json", MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(TemporaryHome.SmallSpec) });

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Submit 12 jobs" })).ToBeVisibleAsync();
        await page.GetByLabel("Spec", new() { Exact = true }).FillAsync(LongSpec);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Submit" })).ToHaveCountAsync(0);
    }
}
