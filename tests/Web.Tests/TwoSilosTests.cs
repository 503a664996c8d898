using System.Collections.Concurrent;

namespace AdaptCluster.Web.Tests;

/// <summary>
/// The page of two control silos behind one address, as a Service of Kubernetes gives it: each connection leads to the next silo.
/// </summary>
public sealed class TwoSilosTests(TwoSilos site, Browser browser) : IClassFixture<TwoSilos>
{
    [Fact]
    public async Task Every_page_is_live_whichever_silo_its_connections_lead_to()
    {
        Assert.SkipWhen(site.Missing is not null, site.Missing ?? "");
        var asked = new ConcurrentQueue<string>();
        for (var visit = 0; visit < 6; visit++)
        {
            await using var window = await browser.OpenAsync(site);
            window.Page.Request += (_, request) => asked.Enqueue(new Uri(request.Url).AbsolutePath);
            await window.GoAsync(visit % 2 == 0 ? "/" : "/cluster");
            Assert.Empty(window.Complaints);
        }
        Assert.DoesNotContain("/_blazor/negotiate", asked);
        Assert.All(site.Connections, connections => Assert.True(connections >= 6, string.Join(", ", site.Connections)));
    }
}
