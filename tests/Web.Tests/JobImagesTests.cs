using System.Net;
using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace AdaptCluster.Web.Tests;

/// <summary>The images that a job got wrong, on its page.</summary>
public sealed partial class JobImagesTests(SiteWithSweep site, Browser browser) : IClassFixture<SiteWithSweep>
{
    [Fact]
    public async Task A_jobs_page_shows_the_images_that_the_worst_classes_lose()
    {
        var job = (string)site.Runs.First(run => (string?)run["state"] == "completed")["job"]!;
        var predictions = (await site.RunAsync("predictions", site.Sweep, "--job", job, "--json")).Json;
        await using var window = await browser.OpenAsync(site);
        var page = await window.GoAsync($"/sweeps/{site.Sweep}/jobs/{job}");

        var images = page.Locator("ul.thumbnails img");
        await Expect(images.First).ToBeVisibleAsync();
        var shown = await images.CountAsync();
        Assert.InRange(shown, 1, Math.Min(24, predictions["misclassified"]!.AsArray().Count));
        for (var i = 0; i < shown; i++)
        {
            await images.Nth(i).ScrollIntoViewIfNeededAsync();
            await page.WaitForFunctionAsync("image => image.complete && image.naturalWidth > 0", await images.Nth(i).ElementHandleAsync());
        }
        await window.PictureAsync("thumbnails");
        Assert.Equal("", await window.FaultsAsync());
        Assert.Empty(window.Complaints);

        var cancellation = TestContext.Current.CancellationToken;
        var address = await images.First.GetAttributeAsync("src");
        using var client = new HttpClient { BaseAddress = new Uri(site.Address) };
        var none = await client.GetAsync(new Uri(LastImage().Replace(address!, "100000.jpg"), UriKind.Relative), cancellation);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Contains("numbered from 0", await none.Content.ReadAsStringAsync(cancellation), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\d+\.jpg$")]
    private static partial Regex LastImage();
}
