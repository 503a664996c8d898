using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AdaptCluster.Web.Tests;

/// <summary>A silo by itself with its web page, in a process and a home of its own.</summary>
public partial class Site : IAsyncLifetime
{
    private readonly TemporaryHome _home = new();
    private SweepProcess? _silo;

    /// <summary>Where the page is.</summary>
    public string Address { get; protected set; } = "";

    /// <summary>Where the silo keeps its store.</summary>
    public string Store => Path.Combine(_home.Folder, ".adaptcluster", "store.db");

    public virtual async ValueTask InitializeAsync()
    {
        await PrepareAsync(_home.Folder);
        foreach (var (name, value) in Settings) _home.Environment[name] = value;
        _silo = SweepProcess.Start(_home, "serve", "--gateway-port", $"{FreePort.Find()}");
        await _silo.WaitForErrorAsync("silo ready");
        Address = Listening().Match(_silo.Error).Value;
    }

    /// <summary>Waits until the silo has logged a text; a log line may come after the answer that it is about.</summary>
    internal Task LoggedAsync(string text) => _silo!.WaitForErrorAsync(text);

    /// <summary>Ends the silo; commands on its home run their own then.</summary>
    internal async Task StopAsync()
    {
        if (_silo is not { HasExited: false }) return;
        await _silo.SignalAsync("TERM");
        await _silo.EndAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await StopAsync();
        _silo?.Dispose();
        _home.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Puts what a test needs into the folder of the home, which is the root of its data sets too.</summary>
    protected virtual Task PrepareAsync(string folder) => Task.CompletedTask;

    /// <summary>Settings of the silo beside those of every test.</summary>
    protected virtual IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    /// <summary>Runs the command on the same home, as somebody in a terminal beside the browser would.</summary>
    internal Task<SweepProcess.Ended> RunAsync(params string[] arguments) => SweepProcess.RunAsync(_home, arguments);

    /// <summary>Writes a file for a command.</summary>
    /// <returns>Its name.</returns>
    internal string Write(string name, string text) => _home.Write(name, text);

    /// <summary>The whole path of a file that <see cref="Write"/> wrote.</summary>
    internal string PathOf(string name) => Path.Combine(_home.Folder, name);

    /// <summary>Submits a spec and returns the sweep's id.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="wait">Whether to wait until it has ended.</param>
    /// <param name="name">Its name.</param>
    /// <param name="fails">Whether it ends with failed jobs.</param>
    internal async Task<string> SubmitAsync(string spec, bool wait, string name = "small", bool fails = false)
    {
        var file = _home.Write($"{Guid.NewGuid():N}.json", spec);
        var ended = await RunAsync(["submit", file, "--name", name, .. wait ? (string[])["--json"] : ["--detach"]]);
        Assert.True(ended.Code == (fails ? 1 : 0), ended.Error);
        return wait ? (string)ended.Json["sweep"]! : ended.Output;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Listening();
}

/// <summary>A site with a sweep that has ended.</summary>
public sealed class SiteWithSweep : Site
{
    /// <summary>The sweep's id.</summary>
    public string Sweep { get; private set; } = "";

    /// <summary>Its jobs, as the command lists them.</summary>
    public JsonNode[] Runs { get; private set; } = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Sweep = await SubmitAsync(TemporaryHome.SmallSpec, wait: true);
        Runs = [.. (await RunAsync("results", Sweep, "--runs", "--json")).Json["runs"]!.AsArray().Select(line => line!["run"]!)];
    }
}

/// <summary>A site that asks for a token.</summary>
public sealed class GuardedSite : Site
{
    public const string Token = "a-token-of-the-test.0123456789==";

    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string> { ["ADAPTCLUSTER_HTTP__TOKEN"] = Token, ["ADAPTCLUSTER_WORKERS"] = "1" };
}
