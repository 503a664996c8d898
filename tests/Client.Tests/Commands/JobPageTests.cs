using System.Text.RegularExpressions;

namespace AdaptCluster.Client.Tests.Commands;

/// <summary>What the page of a job says in words.</summary>
public sealed partial class JobPageTests
{
    [Fact]
    public async Task A_jobs_own_share_of_the_time_and_that_of_its_attempt_have_names_of_their_own()
    {
        using var home = new TemporaryHome();
        using var sweep = SweepProcess.Start(home, "submit", home.Write("small.json", TemporaryHome.SmallSpec), "--web", "--set",
            "train.epochs=2000");
        await sweep.WaitForErrorAsync("jobs ·");
        var address = Address().Match(sweep.Error).Value;
        string job;
        while ((job = await CompletedAsync(home)).Length == 0) Assert.False(sweep.HasExited, sweep.Error);

        using var browser = new HttpClient();
        var page = await browser.GetStringAsync(new Uri($"{address}sweeps/latest/jobs/{job}"), TestContext.Current.CancellationToken);

        Assert.Contains(">Training time (share of its <abbr", page, StringComparison.Ordinal);
        Assert.Contains(">Start to end</th>", page, StringComparison.Ordinal);
        Assert.DoesNotContain(">Took<", page, StringComparison.Ordinal);
        // tiny-clip takes millions, not a hundredth of a billion.
        Assert.Matches(@"<dt>Multiply-adds</dt><dd>[\d.]+ M</dd>", page);
        Assert.Equal(0, (await SweepProcess.RunAsync(home, "cancel", "latest")).Code);
        await sweep.EndAsync();
    }

    private static async Task<string> CompletedAsync(TemporaryHome home) =>
        (await SweepProcess.RunAsync(home, "results", "latest", "--runs", "--json")).Json["runs"]!.AsArray()
            .Select(run => run!["run"]!).Where(run => (string?)run["state"] == "completed").Select(run => (string)run["job"]!)
            .FirstOrDefault() ?? "";

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Address();
}
