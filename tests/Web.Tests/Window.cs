using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AdaptCluster.Web.Tests;

/// <summary>A browser's window that notes what a page must not do.</summary>
internal sealed class Window : IAsyncDisposable
{
    private static readonly string Pictures = Directory.CreateDirectory(Repository.At("artifacts/screenshots")).FullName;
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    public Window(IBrowserContext context, IPage page, string address)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) => { if (message.Type is "error" or "warning") _complaints.Enqueue($"console: {message.Text}"); };
        page.PageError += (_, error) => _complaints.Enqueue($"error: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                _complaints.Enqueue($"another host: {request.Url}");
        };
        page.WebSocket += (_, socket) =>
        {
            if (new Uri(socket.Url).Authority != new Uri(address).Authority) _complaints.Enqueue($"another host: {socket.Url}");
        };
        page.Response += (_, response) => { if (response.Status >= 400) _complaints.Enqueue($"{response.Status}: {response.Url}"); };
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings on the console, requests to other hosts, answers that are refusals.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Opens a page and waits until it is live.</summary>
    public async Task<IPage> GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await Page.Locator(".live-mark", new() { HasText = "live" }).WaitForAsync();
        await Page.Locator("h1").First.WaitForAsync();
        return Page;
    }

    /// <summary>What axe finds serious or critical; empty when that is nothing.</summary>
    public async Task<string> FaultsAsync() =>
        string.Join("; ", (await Page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical")
        .Select(fault => $"{fault.Id}: {string.Join(" | ", fault.Nodes.Take(3).Select(node => node.Html))}"));

    /// <summary>Keeps a picture of the page, for people.</summary>
    public Task PictureAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png"), FullPage = true });

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
