using System.Net;
using System.Text.RegularExpressions;

namespace AdaptCluster.Client.Tests.Commands;

/// <summary><c>sweep watch</c>.</summary>
public sealed partial class WatchTests
{
    [Fact]
    public async Task With_web_it_shows_the_sweep_of_another_process_on_a_page_of_its_own_until_the_sweep_ends()
    {
        using var home = new TemporaryHome();
        using var sweep = SweepProcess.Start(home, "submit", home.Write("small.json", TemporaryHome.SmallSpec), "--set",
            "train.epochs=2000");
        await sweep.WaitForErrorAsync("jobs ·");
        using var watch = SweepProcess.Start(home, "watch", "latest", "--web");
        await watch.WaitForErrorAsync("/sweeps/small-");
        var address = new Uri(Address().Match(watch.Error).Value);

        using var browser = new HttpClient();
        var page = await browser.GetStringAsync(address, TestContext.Current.CancellationToken);
        using var dashboard = await browser.GetAsync(new Uri(address, "/orleans/"), TestContext.Current.CancellationToken);
        var cancelled = await SweepProcess.RunAsync(home, "cancel", "latest");

        Assert.Equal("127.0.0.1", address.Host);
        Assert.Matches(@"<h1[^>]*>small</h1>", page);
        Assert.Equal(HttpStatusCode.NotFound, dashboard.StatusCode);
        Assert.True(cancelled.Code == 0, cancelled.Error);
        Assert.Equal(1, (await watch.EndAsync()).Code);
        await Assert.ThrowsAsync<HttpRequestException>(() => browser.GetStringAsync(address, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task With_web_a_cluster_is_refused_since_its_silos_have_the_page()
    {
        using var home = new TemporaryHome();
        var refused = await SweepProcess.RunAsync(home, "watch", "latest", "--web", "--cluster", "localhost:1");
        Assert.Equal((2, "sweep: --web: on a cluster the control silos serve the page; leave out --web."), (refused.Code, refused.Error));
    }

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Address();
}
