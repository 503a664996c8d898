using System.IO.Compression;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AdaptCluster.Web.Tests;

/// <summary>The tabs of a sweep's page: curves, workers, spec, and what is downloaded there.</summary>
public sealed class SweepTabsTests(SiteWithSweep site, Browser browser) : IClassFixture<SiteWithSweep>
{
    [Fact]
    public async Task Curves_have_a_line_for_each_job_that_names_it_and_leads_to_it()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/sweeps/{site.Sweep}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Curves", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "tiny-kinds", Exact = true }))
            .ToHaveAttributeAsync("aria-current", "true");

        // Two arms train, by two seeds each; loss and accuracy have a chart each.
        await Expect(page.Locator("figure a.job")).ToHaveCountAsync(2 * TrainedJobs("tiny-kinds"));
        await page.GetByRole(AriaRole.Link, new() { Name = "tiny-tinted", Exact = true }).ClickAsync();
        await Expect(page.Locator("figure a.job title").First).ToContainTextAsync("tiny-tinted");
        // In the middle of a line, where another one may lie in front of it.
        var middle = await page.Locator("figure a.job .reach").First.EvaluateAsync<System.Text.Json.JsonElement>("""
            line => {
              const at = line.getPointAtLength(line.getTotalLength() / 2).matrixTransform(line.getScreenCTM());
              return { x: at.x, y: at.y, job: document.elementFromPoint(at.x, at.y).closest("a.job").querySelector("title").textContent };
            }
            """);
        var job = middle.GetProperty("job").GetString()!;
        Assert.Contains("tiny-tinted", job, StringComparison.Ordinal);
        await page.Mouse.ClickAsync(middle.GetProperty("x").GetSingle(), middle.GetProperty("y").GetSingle());
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = job })).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Tabs_work_without_script_and_their_addresses_are_kept()
    {
        await using var window = await browser.OpenAsync(site, script: false);
        var page = window.Page;
        await page.GotoAsync($"/sweeps/{site.Sweep}?dataset=tiny-tinted");
        foreach (var (tab, sign) in new[] { ("Curves", "figure polyline.mean"), ("Jobs", "table.list"), ("Workers", "table.workers"),
            ("Spec", "#command") })
        {
            await page.GetByRole(AriaRole.Navigation, new() { Name = "Parts of the sweep" })
                .GetByRole(AriaRole.Link, new() { Name = tab }).ClickAsync();
            await Expect(page.Locator(sign).First).ToBeAttachedAsync();
            Assert.EndsWith($"?tab={tab.ToLowerInvariant()}&dataset=tiny-tinted", page.Url, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Workers_that_trained_the_sweep_have_their_bars()
    {
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/sweeps/{site.Sweep}?tab=workers");

        await Expect(page.Locator("table.workers tbody tr").First).ToContainTextAsync("not training this sweep now");
        await Expect(page.Locator("table.workers rect.good title").First).ToContainTextAsync("completed");
        await window.GoAsync("/cluster");
        await Expect(page.Locator("table.workers rect.good title").First).ToContainTextAsync("small");
        Assert.Empty(window.Complaints);
    }

    [Theory]
    [InlineData("table.svg", "<?xml")]
    [InlineData("table.pdf", "%PDF-")]
    [InlineData("axis.svg?axis=tTarget", "<?xml")]
    [InlineData("axis.pdf?axis=tTarget", "%PDF-")]
    public async Task Figures_are_downloaded_as_the_command_draws_them(string file, string start)
    {
        using var client = new HttpClient { BaseAddress = new Uri(site.Address) };
        var bytes = await client.GetByteArrayAsync($"/sweeps/{site.Sweep}/{file}", TestContext.Current.CancellationToken);

        Assert.StartsWith(start, System.Text.Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        var drawn = site.Write(file.Split('?')[0], "");
        string[] kind = file.StartsWith("table", StringComparison.Ordinal) ? ["table"] : ["axis", "--axis", "tTarget"];
        var ended = await site.RunAsync(["plot", site.Sweep, "--kind", .. kind, "--out", drawn, "--force"]);
        Assert.True(ended.Code == 0, ended.Error);
        Assert.Equal(await File.ReadAllBytesAsync(site.PathOf(drawn), TestContext.Current.CancellationToken), bytes);
    }

    [Theory]
    [InlineData("axis.svg?axis=nothing", "nothing")]
    [InlineData("prompts.zip?arm=nobody", "'nobody'")]
    [InlineData("prompts.zip?arm=Zero-shot", "Prompts are missing for")]
    [InlineData("jobs/0123456789abcdef/prompts.safetensors", "0123456789abcdef")]
    public async Task What_cannot_be_downloaded_is_not_found_and_says_why(string file, string why)
    {
        using var client = new HttpClient { BaseAddress = new Uri(site.Address) };
        using var answer = await client.GetAsync($"/sweeps/{site.Sweep}/{file}", TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains(why, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_prompts_of_an_arm_are_one_archive_and_those_of_a_job_one_file()
    {
        using var client = new HttpClient { BaseAddress = new Uri(site.Address) };
        await using var archive = new ZipArchive(await client.GetStreamAsync($"/sweeps/{site.Sweep}/prompts.zip?arm=Adapt%20(T%3D24)",
            TestContext.Current.CancellationToken));

        var jobs = site.Runs.Where(run => (int?)run["definition"]!["tTarget"] == 24).ToArray();
        Assert.Equal(jobs.Select(run => $"{run["definition"]!["dataset"]!["name"]}/{run["job"]}.safetensors").Order(StringComparer.Ordinal),
            archive.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        foreach (var entry in archive.Entries)
        {
            var job = Path.GetFileNameWithoutExtension(entry.Name);
            var file = await client.GetByteArrayAsync($"/sweeps/{site.Sweep}/jobs/{job}/prompts.safetensors",
                TestContext.Current.CancellationToken);
            using var unpacked = new MemoryStream();
            await using (var content = await entry.OpenAsync(TestContext.Current.CancellationToken))
                await content.CopyToAsync(unpacked, TestContext.Current.CancellationToken);
            Assert.Equal(file, unpacked.ToArray());
            // A safetensors file begins with the length of its header, which is JSON.
            Assert.Equal((byte)'{', file[8]);
        }
    }

    [Fact]
    public async Task A_sweep_is_deleted_after_a_question_and_is_gone_from_the_list()
    {
        var spec = TemporaryHome.HalfSpec.Replace("\"shots\": 4", "\"shots\": 1", StringComparison.Ordinal);
        var id = await site.SubmitAsync(spec, wait: true, "to be deleted");
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/sweeps/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.Locator(".rz-dialog")).ToContainTextAsync("permanently deleted");
        await page.Locator(".rz-dialog").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

        await page.WaitForURLAsync($"{site.Address}/");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "to be deleted" })).ToHaveCountAsync(0);
        Assert.Equal(2, (await site.RunAsync("status", id)).Code);
        Assert.Empty(window.Complaints);
    }

    private int TrainedJobs(string dataset) => site.Runs.Count(run =>
        (string)run["definition"]!["dataset"]!["name"]! == dataset && (string)run["definition"]!["method"]! != "zero-shot");
}
