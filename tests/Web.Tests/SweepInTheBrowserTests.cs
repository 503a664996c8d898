using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

[assembly: AssemblyFixture(typeof(AdaptCluster.Web.Tests.Browser))]

namespace AdaptCluster.Web.Tests;

/// <summary>What a researcher does with the page, from a spec to the masks of a job.</summary>
public sealed class SweepInTheBrowserTests(Site site, Browser browser) : IClassFixture<Site>
{
    /// <summary>So long that it does not end by itself before somebody cancels it.</summary>
    private static readonly string LongSpec = TemporaryHome.SmallSpec.Replace(
        "\"epochs\": 6", "\"epochs\": 2000", StringComparison.Ordinal);

    [Fact]
    public async Task A_dropped_spec_is_planned_runs_and_fills_its_table_to_the_end_while_one_looks()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync("/submit");
        await DropAsync(page, Repository.At("examples/tiny.json"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Plan of tiny" })).ToBeVisibleAsync();
        await window.PictureAsync("submit");
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit 72 jobs" }).ClickAsync();

        // Nobody loads the page again: it follows by itself.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Table" })).ToBeVisibleAsync();
        var incomplete = page.Locator("table.results td.incomplete");
        await Expect(incomplete).Not.ToHaveCountAsync(0);
        for (var (before, left) = (int.MaxValue, await incomplete.CountAsync()); left > 0; (before, left) = (
            left, await incomplete.CountAsync()))
        {
            Assert.True(left <= before, "A cell that was complete is not any more.");
            if (left < 15) await window.PictureAsync("running");
            await page.WaitForTimeoutAsync(2_000);
        }
        await Expect(page.Locator(".state").First).ToHaveTextAsync("completed", new() { Timeout = 60_000 });
        await Expect(page.Locator("table.results td.best")).Not.ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Axes" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Accuracy over T_target" })).ToBeVisibleAsync();
        await Expect(page.Locator("figure svg").First).ToBeVisibleAsync();
        await window.PictureAsync("tiny");
        var results = (await site.RunAsync("results", "tiny", "--json")).Json;
        Assert.Equal(("completed", 72), ((string?)results["state"], (int)results["jobs"]!["completed"]!));
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_pasted_spec_is_planned_and_a_change_of_its_text_takes_the_plan_away()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync("/submit");
        var spec = page.GetByLabel("Spec", new() { Exact = true });
        await spec.FillAsync(TemporaryHome.SmallSpec);
        await page.GetByRole(AriaRole.Button, new() { Name = "Plan" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Submit 12 jobs" })).ToBeVisibleAsync();

        await spec.FillAsync(LongSpec);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Submit" })).ToHaveCountAsync(0);

        // The plan of a text that is no more never stands beside another one, however late it comes.
        await page.GetByRole(AriaRole.Button, new() { Name = "Plan" }).ClickAsync();
        await spec.FillAsync("{}");
        await page.WaitForTimeoutAsync(1_500);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Submit" })).ToHaveCountAsync(0);
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_running_sweep_is_paused_and_goes_on()
    {
        await using var window = await browser.OpenAsync(site);
        var id = await site.SubmitAsync(LongSpec.Replace("\"shots\": 4", "\"shots\": 3", StringComparison.Ordinal), wait: false);
        var page = await window.GoAsync($"/sweeps/{id}");

        await ActAsync("Pause", "Pause", "paused");
        await ActAsync("Resume", "Resume", "running");
        await ActAsync("Cancel sweep", "Cancel the sweep", "cancelled");
        Assert.Empty(window.Complaints);

        async Task ActAsync(string action, string yes, string state)
        {
            await page.GetByRole(AriaRole.Group, new() { Name = "Actions" })
                .GetByRole(AriaRole.Button, new() { Name = action }).ClickAsync();
            await Dialog(page).GetByRole(AriaRole.Button, new() { Name = yes }).ClickAsync();
            await Expect(page.Locator(".state").First).ToHaveTextAsync(state);
        }
    }

    [Fact]
    public async Task A_running_sweep_is_cancelled_after_a_question_and_only_after_yes()
    {
        await using var window = await browser.OpenAsync(site);
        var id = await site.SubmitAsync(LongSpec, wait: false);
        var page = await window.GoAsync($"/sweeps/{id}");
        await Expect(page.Locator(".state").First).ToHaveTextAsync("running");

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel sweep" }).ClickAsync();
        await Expect(Dialog(page)).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Back" }).ClickAsync();
        await Expect(Dialog(page)).ToHaveCountAsync(0);
        await Expect(page.Locator(".state").First).ToHaveTextAsync("running");

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel sweep" }).ClickAsync();
        await window.PictureAsync("cancel");
        Assert.Equal("", await window.FaultsAsync());
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

    private static ILocator Dialog(IPage page) => page.Locator(".rz-dialog");

    /// <summary>Drops a file as a person does, from outside the browser.</summary>
    private static async Task DropAsync(IPage page, string file)
    {
        var zone = (await page.GetByText("Drop a spec file here").BoundingBoxAsync())!;
        Assert.True(zone is { Width: > 300, Height: > 80 }, "The place to drop a file is too small to hit.");
        var devtools = await page.Context.NewCDPSessionAsync(page);
        foreach (var type in (string[])["dragEnter", "dragOver", "drop"])
        {
            await devtools.SendAsync("Input.dispatchDragEvent", new()
            {
                ["type"] = type,
                ["x"] = zone.X + (zone.Width / 2),
                ["y"] = zone.Y + (zone.Height / 2),
                ["data"] = new { items = Array.Empty<object>(), files = new[] { file }, dragOperationsMask = 1 },
            });
        }
    }
}
