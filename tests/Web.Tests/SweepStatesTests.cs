using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdaptCluster.Web.Tests;

/// <summary>The pages of sweeps in every state, and what one does with them: at both widths, in both themes, without script too.</summary>
public sealed class SweepStatesTests(SiteOfStates site, Browser browser) : IClassFixture<SiteOfStates>
{
    /// <summary>
    /// The tabs to look at: all of a running sweep, and the table of the others. ADAPTCLUSTER_ALL_TABS=1 takes all tabs of all sweeps, for
    /// people who look at the pictures.
    /// </summary>
    private static string[] TabsOf(string state) => state == "running" || Environment.GetEnvironmentVariable("ADAPTCLUSTER_ALL_TABS") == "1"
        ? ["table", "curves", "axes", "jobs", "workers", "spec"] : ["table"];

    [Theory]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(1440, ColorScheme.Light)]
    public async Task Every_state_is_said_by_word_fits_the_window_and_axe_finds_no_serious_fault(int width, ColorScheme theme)
    {
        await using var window = await browser.OpenAsync(site, width, theme: theme);
        foreach (var (state, path) in site.Sweeps.SelectMany(sweep => TabsOf(sweep.Key).Select(tab =>
            ($"{sweep.Key}-{tab}", $"/sweeps/{sweep.Value}?tab={tab}"))).Append(("list", "/")).Append(("cluster", "/cluster")))
        {
            var page = await window.GoAsync(path);
            if (state.Contains('-', StringComparison.Ordinal))
                await Expect(page.Locator(".state").First).ToHaveTextAsync(state.Split('-')[0]);
            await page.WaitForTimeoutAsync(300);
            Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width,
                $"{path} is wider than {width} pixels");
            Assert.Equal("", await window.FaultsAsync());
            await window.PictureAsync($"state-{state}-{width}-{(theme == ColorScheme.Dark ? "dark" : "light")}");
        }
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Failed_jobs_are_grouped_by_cause_and_come_first()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/sweeps/{site.Sweeps["failed"]}");

        var summary = page.GetByRole(AriaRole.Region, new() { Name = "4 jobs failed: 1 cause" });
        await Expect(summary.Locator(".files")).ToContainTextAsync("photos/test/light: 4.png");
        await Expect(page.GetByText("\"Retry failed jobs\" runs only the 4 failed jobs")).ToBeVisibleAsync();
        await summary.Locator("summary").ClickAsync();
        await Expect(summary.GetByRole(AriaRole.Link)).ToHaveCountAsync(4);
        await page.GetByRole(AriaRole.Link, new() { Name = "Jobs", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Jobs" }).Locator("tbody .state").First).ToHaveTextAsync("failed");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Jobs_are_listed_by_their_training_time_and_a_job_says_what_its_times_are()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/sweeps/{site.Sweeps["completed"]}?tab=jobs");
        var times = page.Locator("td[data-label=Time]");
        var shown = await times.AllInnerTextsAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Training time" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Training time" }))
            .ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(times).ToHaveTextAsync([.. shown.OrderByDescending(Seconds)]);
        await window.PictureAsync("jobs-by-time");

        await page.Locator("tbody th a").First.ClickAsync();
        await Expect(page.GetByText("Training time (share of its pack)")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Start to end" })).ToBeVisibleAsync();
        await Expect(page.Locator("abbr", new() { HasText = "pack" }).First)
            .ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex("^A pack is "));
        await window.PictureAsync("job-times");
        Assert.Empty(window.Complaints);

        static double Seconds(string text) => double.Parse(text.Replace(" s", ""), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_cell_shows_the_runs_of_the_chosen_accuracy_and_what_its_flags_mean()
    {
        await using var window = await browser.OpenAsync(site, script: false);
        var page = window.Page;
        var cell = page.Locator("table.results tbody td").First;
        await page.GotoAsync($"/sweeps/{site.Sweeps["completed"]}?split=validation");
        await Expect(cell).ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex("^validation runs: "));
        await page.GotoAsync($"/sweeps/{site.Sweeps["completed"]}");
        await Expect(cell).ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex("^test runs: "));
        await Expect(page.Locator("label", new() { HasText = "Compare with the paper's numbers" }))
            .ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex("live connection"));
    }

    [Fact]
    public async Task A_sweep_that_was_cancelled_half_way_has_no_empty_card()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/sweeps/{site.Sweeps["cancelled"]}");

        await Expect(page.Locator("table.results td.incomplete")).Not.ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Axes" }).ClickAsync();
        await Expect(page.GetByText("No arm has results for two values of a setting")).ToBeVisibleAsync();
        await Expect(page.Locator("figure")).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Accuracy over" })).ToHaveCountAsync(0);
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Without_script_the_table_changes_to_validation_accuracy_and_the_list_is_searched_and_ordered()
    {
        var results = (await site.RunAsync("results", site.Sweeps["completed"], "--json")).Json;
        var dataset = (string)results["datasets"]![0]!;
        await using var window = await browser.OpenAsync(site, script: false);
        var page = window.Page;
        await page.GotoAsync($"/sweeps/{site.Sweeps["completed"]}");
        await Expect(FirstCellAsync("test")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Validation", Exact = true }).ClickAsync();
        Assert.Contains("split=validation", page.Url, StringComparison.Ordinal);
        await Expect(FirstCellAsync("validation")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Validation", Exact = true }))
            .ToHaveAttributeAsync("aria-current", "true");

        await page.GotoAsync("/");
        await Expect(page.GetByText("4 sweeps", new() { Exact = true })).ToBeVisibleAsync();
        await page.GetByLabel("Name").FillAsync("HALF");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        Assert.Equal(["stopped half way"], await NamesAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "Show all" }).ClickAsync();
        await page.GetByRole(AriaRole.Columnheader, new() { Name = "Name" }).GetByRole(AriaRole.Link).ClickAsync();
        Assert.Equal(["done well", "photos", "runs", "stopped half way"], await NamesAsync());
        await page.GetByRole(AriaRole.Columnheader, new() { Name = "Name" }).GetByRole(AriaRole.Link).ClickAsync();
        Assert.Equal(["stopped half way", "runs", "photos", "done well"], await NamesAsync());
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "photos" })).ToContainTextAsync("4.png");
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "done well" })).ToContainTextAsync("Adapt");

        ILocator FirstCellAsync(string split) => page.Locator("table.results tbody td").First.GetByText(
            ((double)results["rows"]![0]!["cells"]![dataset]![split]!["mean"]!)
                .ToString("F2", System.Globalization.CultureInfo.InvariantCulture), new() { Exact = true });
        async Task<string[]> NamesAsync() => [.. await page.Locator("tbody th a").AllInnerTextsAsync()];
    }

    [Fact]
    public async Task The_list_shows_the_progress_of_the_sweeps_own_page_and_that_a_best_arm_is_not_final()
    {
        await using var window = await browser.OpenAsync(site);
        foreach (var name in new[] { "failed", "cancelled" })
        {
            var page = await window.GoAsync($"/sweeps/{site.Sweeps[name]}");
            var share = await page.GetByRole(AriaRole.Progressbar).First.GetAttributeAsync("aria-valuenow");
            await page.GotoAsync("/");
            var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = site.Sweeps[name] });
            await Expect(row.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("aria-valuenow", share!);
            // In the cancelled sweep the zero-shot arm is complete; in the failed sweep no arm is.
            await Expect(row.GetByText("incomplete", new() { Exact = true })).ToHaveCountAsync(name == "cancelled" ? 1 : 0);
        }
        Assert.Empty(window.Complaints);
    }

    [Theory]
    [InlineData("csv", "csv")]
    [InlineData("md", "md")]
    [InlineData("tex", "latex")]
    public async Task The_table_is_downloaded_as_the_command_prints_it(string file, string format)
    {
        using var client = new HttpClient { BaseAddress = new Uri(site.Address) };
        using var answer = await client.GetAsync($"/sweeps/{site.Sweeps["completed"]}/table.{file}", TestContext.Current.CancellationToken);

        var printed = (await site.RunAsync("results", site.Sweeps["completed"], "--format", format)).Output;
        Assert.Equal(printed.TrimEnd(), (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).TrimEnd());
        Assert.Equal($"{site.Sweeps["completed"]}.table.{file}", answer.Content.Headers.ContentDisposition?.FileName);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
    }

    [Fact]
    public async Task A_sweep_is_run_again_with_changes_under_another_name()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/sweeps/{site.Sweeps["completed"]}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Run again with changes" }).ClickAsync();
        // The sweep's own page has a part of that name too.
        await page.WaitForURLAsync("**/submit**");
        var spec = page.GetByLabel("Spec", new() { Exact = true });
        await Expect(spec).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("tiny-tinted"));
        // The unchanged spec is planned without a click.
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Submit 12 jobs, all from the cache" })).ToBeVisibleAsync();
        await page.GetByLabel("Name").FillAsync("once more");
        await page.GetByRole(AriaRole.Button, new() { Name = "Plan" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Plan of once more" })).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task The_line_of_an_error_in_a_spec_is_marked()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync("/submit");
        await page.GetByLabel("Start from an example").SelectOptionAsync("tiny.json");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Plan of tiny" })).ToBeVisibleAsync();
        var spec = page.GetByLabel("Spec", new() { Exact = true });
        await spec.FillAsync((await spec.InputValueAsync()).Replace("\"zero-shot\"", "\"zero-shoot\"", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "Plan" }).ClickAsync();

        await Expect(page.Locator(".excerpt mark")).ToContainTextAsync("zero-shoot");
        await Expect(spec).ToHaveAttributeAsync("aria-invalid", "true");
        Assert.Equal("", await window.FaultsAsync());
        await window.PictureAsync("submit-error");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_telephone_shows_one_data_set_at_a_time_and_rows_as_cards()
    {
        await using var window = await browser.OpenAsync(site, width: 390);
        var page = await window.GoAsync($"/sweeps/{site.Sweeps["completed"]}");
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "tiny-kinds" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "tiny-tinted" })).ToBeHiddenAsync();
        await page.GetByLabel("Data set").First.SelectOptionAsync("tiny-tinted");
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "tiny-tinted" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "tiny-kinds" })).ToBeHiddenAsync();

        await window.GoAsync("/");
        foreach (var cell in await page.GetByRole(AriaRole.Row).Nth(1).GetByRole(AriaRole.Cell).AllAsync())
        {
            var box = (await cell.BoundingBoxAsync())!;
            Assert.True(box.X >= 0 && box.X + box.Width <= 390, $"{await cell.InnerTextAsync()} goes beyond the window");
        }
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Two_newest_sweeps_are_compared_unless_somebody_chooses()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync("/compare");

        await Expect(page.GetByLabel("Sweep").First).ToHaveValueAsync(site.Sweeps["cancelled"]);
        await Expect(page.GetByLabel("Sweep").Nth(1)).ToHaveValueAsync(site.Sweeps["running"]);
        Assert.Empty(window.Complaints);
    }
}
