using Microsoft.Playwright;

namespace AdaptCluster.Web.Tests;

/// <summary>Debian's Chromium, which the tests share.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        var chromium = Programs.Find("chromium");
        if (chromium is null) return;
        // Other tests run beside these, on as few as two cores.
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Opens a window of its own on a site: no cookie of another window is in it.</summary>
    internal async Task<Window> OpenAsync(Site site, int width = 1440, int height = 900, ColorScheme theme = ColorScheme.Light,
        bool script = true)
    {
        Assert.SkipWhen(_browser is null, "There is no 'chromium' on the path; Debian's package of that name has it.");
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = site.Address,
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = theme,
            ReducedMotion = ReducedMotion.Reduce,
            JavaScriptEnabled = script,
        });
        context.SetDefaultTimeout(60_000);
        return new Window(context, await context.NewPageAsync(), site.Address);
    }
}
