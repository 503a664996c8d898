using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdaptCluster.Web.Tests;

/// <summary>The pages of a sweep that has ended, at every width, in both themes, for every hand.</summary>
public sealed class EndedSweepTests(SiteWithSweep site, Browser browser) : IClassFixture<SiteWithSweep>
{
    [Fact]
    public async Task The_page_the_command_and_the_store_have_the_same_numbers()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/sweeps/{site.Sweep}");
        var results = (await site.RunAsync("results", site.Sweep, "--json")).Json;

        foreach (var row in results["rows"]!.AsArray())
        {
            var label = (string)row!["label"]!;
            var cells = await page.Locator("table.results tbody tr")
                .Filter(new() { Has = page.GetByRole(AriaRole.Rowheader, new() { Name = label, Exact = true }) })
                .Locator("td").AllInnerTextsAsync();
            var datasets = results["datasets"]!.AsArray().Select(name => (string)name!).ToArray();
            for (var i = 0; i < datasets.Length; i++)
            {
                var test = row["cells"]![datasets[i]]!["test"]!;
                Assert.StartsWith($"{Fixed((double)test["mean"]!)}\n± {Fixed((double)test["std"]!)}", cells[i], StringComparison.Ordinal);
                Assert.Equal(await StoredAsync((string)row["method"]!, row["cells"]![datasets[i]]!["tTarget"], datasets[i]),
                    test["runs"]!.AsArray().Select(run => (double)run!).Order());
            }
            Assert.Equal(Fixed((double)row["average"]!), cells[datasets.Length]);
        }
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_job_is_found_by_filters_and_its_masks_move_with_the_slider()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/sweeps/{site.Sweep}?tab=jobs");
        await page.GetByLabel("Method").SelectOptionAsync("adapt");
        await page.GetByLabel("Contains").FillAsync("T=12 · tiny-kinds");
        await Expect(page.GetByText("2 jobs", new() { Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "adapt snip T=12 · tiny-kinds · seed 1" }).ClickAsync();

        var slider = page.GetByLabel("Prune step");
        await Expect(Live(page)).ToHaveCountAsync(12);
        // Not before the page is live.
        await Expect(slider).ToBeEnabledAsync();
        await slider.PressAsync("Home");
        await Expect(page.GetByText("before the first step")).ToBeVisibleAsync();
        await Expect(Live(page)).ToHaveCountAsync(48);
        await slider.PressAsync("ArrowRight");
        await Expect(page.GetByText("step 1 of 9", new() { Exact = false }).First).ToBeVisibleAsync();
        await Expect(Live(page)).ToHaveCountAsync(44);
        await window.PictureAsync("job");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_keyboard_alone_leads_from_the_list_to_a_job_and_opens_what_is_folded()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync("/");
        await page.EvaluateAsync("document.activeElement.blur()");
        await TabToAsync(page, "Skip to content");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "small");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Table" })).ToBeVisibleAsync();
        await page.Locator(".live-mark", new() { HasText = "live" }).WaitForAsync();
        await Expect(page.GetByLabel("Compare with the paper's numbers")).ToBeEnabledAsync();
        await TabToAsync(page, "Compare with the paper's numbers");
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator("tr.reported").First).ToBeVisibleAsync();
        await page.EvaluateAsync("document.activeElement.blur()");
        await TabToAsync(page, "Jobs");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("12 jobs", new() { Exact = true })).ToBeVisibleAsync();
        await TabToAsync(page, "zero-shot · tiny-kinds · seed 1");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Provenance" })).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Theory]
    [InlineData(375, ColorScheme.Dark)]
    [InlineData(375, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(1440, ColorScheme.Light)]
    public async Task Every_page_fits_the_window_and_axe_finds_no_serious_fault(int width, ColorScheme theme)
    {
        await using var window = await browser.OpenAsync(site, width, theme: theme);
        foreach (var (name, path) in Paths())
        {
            var page = await window.GoAsync(path);
            await page.WaitForTimeoutAsync(300);
            Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width,
                $"{path} is wider than {width} pixels");
            var faults = await window.FaultsAsync();
            Assert.True(faults.Length == 0, $"{path}: {faults}");
            await window.PictureAsync($"{name}-{width}-{(theme == ColorScheme.Dark ? "dark" : "light")}");
        }
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task The_theme_that_one_chooses_stays()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync("/cluster");
        var light = await BackgroundAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "dark" }).ClickAsync();
        await page.Locator(".live-mark", new() { HasText = "live" }).WaitForAsync();

        Assert.EndsWith("/cluster", page.Url, StringComparison.Ordinal);
        Assert.NotEqual(light, await BackgroundAsync(page));
        await window.GoAsync("/");
        Assert.NotEqual(light, await BackgroundAsync(page));
    }

    [Theory]
    [InlineData("/sweeps/nothing-00000000")]
    [InlineData("/sweeps/%3Cscript%3E")]
    public async Task A_sweep_that_is_not_there_is_not_found_and_the_page_says_so(string path)
    {
        await using var window = await browser.OpenAsync(site);
        var answer = await window.Page.GotoAsync(path);

        Assert.Equal(404, answer!.Status);
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("'sweep list' lists the existing sweeps");
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("small")]
    public async Task A_short_name_of_a_sweep_leads_to_its_own_address_and_shows_its_jobs(string name)
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/sweeps/{name}?tab=jobs");

        await page.WaitForURLAsync($"**/sweeps/{site.Sweep}?tab=jobs");
        await Expect(page.GetByText("12 jobs", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_page_that_becomes_live_keeps_what_it_shows()
    {
        await using var window = await browser.OpenAsync(site);
        // Notes when the table that came with the page is taken away, however shortly.
        await window.Page.AddInitScriptAsync("""
            new MutationObserver(() => {
              const there = document.querySelector('table.results') !== null;
              if (window.hadTable && !there) console.error('the table went away');
              window.hadTable ||= there;
            }).observe(document, { childList: true, subtree: true });
            """);
        await window.GoAsync($"/sweeps/{site.Sweep}");

        await Expect(window.Page.Locator("table.results")).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Theory]
    [InlineData("/nope")]
    [InlineData("/sweeps/x/y/z/%3Cscript%3E")]
    public async Task What_is_no_page_is_not_found_and_leads_back(string path)
    {
        await using var window = await browser.OpenAsync(site);
        var answer = await window.Page.GotoAsync(path);

        Assert.Equal(404, answer!.Status);
        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = "All sweeps" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Two_arms_are_compared_and_the_address_keeps_the_choice()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/compare?a={site.Sweep}&arm-a=Zero-shot");

        var table = page.GetByRole(AriaRole.Region, new() { Name = "Comparison" });
        await Expect(table.GetByRole(AriaRole.Columnheader, new() { Name = "1: Zero-shot" })).ToBeVisibleAsync();
        await page.GetByLabel("Arm").Nth(1).SelectOptionAsync("Adapt (T=24)");
        await Expect(table.GetByRole(AriaRole.Columnheader, new() { Name = "2: Adapt (T=24)" })).ToBeVisibleAsync();
        Assert.Contains("arm-b=Adapt", page.Url, StringComparison.Ordinal);
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "method zero-shot adapt" })).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_third_arm_is_added_and_removed_and_each_is_compared_with_the_first()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/compare?a={site.Sweep}&arm-a=Zero-shot&arm-b=Adapt (T%3D24)");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add another" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Comparison" })
            .GetByRole(AriaRole.Columnheader, new() { Name = "3: Adapt (T=12)" })).ToBeVisibleAsync();
        Assert.Contains("more=", page.Url, StringComparison.Ordinal);
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "tTarget not set 24 12" })).ToBeVisibleAsync();
        await Expect(page.Locator("table.results tbody td .mean")).ToHaveCountAsync(2 * 3);
        Assert.Equal("", await window.FaultsAsync());
        await window.PictureAsync("compare-three");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Standard errors" })).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Two_sweeps_are_compared_cell_by_cell()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/compare?a={site.Sweep}&arm-a=*&b={site.Sweep}&arm-b=*");

        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "tiny-tinted" })).ToBeVisibleAsync();
        var cells = await page.Locator("table.results tbody td").AllInnerTextsAsync();
        Assert.Equal(12, cells.Count);
        Assert.All(cells, cell => Assert.Matches(@"^0\.00\n\d+\.\d\d$", cell));
        await Expect(page.GetByText("The compared arms have the same settings.")).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task The_dashboard_of_Orleans_runs_under_the_pages_policy()
    {
        await using var window = await browser.OpenAsync(site);
        await window.Page.GotoAsync("/orleans/");

        await Expect(window.Page.GetByText("Total Activations").First).ToBeVisibleAsync();
        await window.PictureAsync("orleans");
        Assert.Empty(window.Complaints);
    }

    /// <summary>The tabs beside the table, which is open without being named.</summary>
    private static readonly string[] Tabs = ["curves", "axes", "jobs", "workers", "spec"];

    private static ILocator Live(IPage page) => page.Locator(".token-cells .live");

    private static Task<string> BackgroundAsync(IPage page) =>
        page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");

    private static async Task TabToAsync(IPage page, string name)
    {
        for (var presses = 0; presses < 60; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string>(
                "(document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText ?? '').trim()") == name) return;
        }
        Assert.Fail($"No press of Tab reaches '{name}'.");
    }

    private (string Name, string Path)[] Paths()
    {
        var job = (string)site.Runs[^1]["job"]!;
        return [("sweeps", "/"), ("sweep", $"/sweeps/{site.Sweep}"),
            .. Tabs.Select(tab => ($"sweep-{tab}", $"/sweeps/{site.Sweep}?tab={tab}")),
            ("job", $"/sweeps/{site.Sweep}/jobs/{job}"), ("submit", "/submit"),
            ("compare", $"/compare?a={site.Sweep}"), ("cluster", "/cluster")];
    }

    /// <summary>The runs of a cell, in percent, as the store has them.</summary>
    private async Task<IOrderedEnumerable<double>> StoredAsync(string method, JsonNode? target, string dataset)
    {
        await using var db = new SqliteConnection($"Data Source={site.Store};Mode=ReadOnly");
        await db.OpenAsync(TestContext.Current.CancellationToken);
        var rows = site.Runs.Where(run => (string)run["definition"]!["method"]! == method
            && (string)run["definition"]!["dataset"]!["name"]! == dataset && (int?)run["definition"]!["tTarget"] == (int?)target);
        var percents = new List<double>();
        foreach (var run in rows)
        {
            await using var command = db.CreateCommand();
            command.CommandText = "SELECT 100.0 * test_correct / test_total FROM jobs WHERE sweep_id = $sweep AND job_id = $job";
            command.Parameters.AddWithValue("$sweep", site.Sweep);
            command.Parameters.AddWithValue("$job", (string)run["job"]!);
            percents.Add((double)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
        }
        return percents.Order();
    }

    private static string Fixed(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
