using System.Reflection;
using System.Text.Json.Nodes;

namespace AdaptCluster.Client.Tests;

/// <summary>The client that only asks clusters: what it does, what it leaves to the full program, and what it comes without.</summary>
public sealed class ThinClientTests : IDisposable
{
    private const string OnlyAsks = "sweep: this client needs a cluster; pass --cluster HOST:30000";

    /// <summary>What a laptop downloads.</summary>
    private const long MostBytes = 60 << 20;

    /// <summary>Of ASP.NET, Orleans itself has this: what a connection is, without any server.</summary>
    private const string OrleansOwn = "Microsoft.AspNetCore.Connections.Abstractions";

    private static readonly string[] Never =
    [
        "TorchSharp", "libtorch", "Microsoft.EntityFrameworkCore", "Npgsql.EntityFrameworkCore", "Microsoft.Data.Sqlite", "SQLitePCLRaw",
        "Microsoft.AspNetCore", "Radzen", "OpenTelemetry", "AdaptCluster.Silo", "AdaptCluster.Grains", "AdaptCluster.Storage",
        "AdaptCluster.Training", "AdaptCluster.Web", "sweep/",
    ];

    private readonly TemporaryHome _home = new();

    private static string Program { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Client", new DirectoryInfo(AppContext.BaseDirectory).Name, "sweep-client"));

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(OnlyAsks, "list")]
    [InlineData(OnlyAsks, "status", "latest")]
    [InlineData(OnlyAsks, "submit", "small.json")]
    [InlineData(OnlyAsks, "plan", "small.json")]
    [InlineData(OnlyAsks, "doctor")]
    [InlineData("sweep: serve: needs the full program", "serve", "--gateway-port", "30000")]
    [InlineData("sweep: datasets: needs the full program", "datasets", "check", "dtd", "--json")]
    [InlineData("sweep: db: needs the full program", "db", "migrate")]
    [InlineData("sweep: pretrain: needs the full program", "pretrain", "--steps", "1")]
    public async Task What_needs_a_silo_a_store_or_a_trainer_here_is_refused_with_what_to_do(string expected, params string[] arguments)
    {
        _home.Write("small.json", TemporaryHome.HalfSpec);

        var ended = await AskAsync(arguments);

        Assert.Equal((2, ""), (ended.Code, ended.Output));
        Assert.StartsWith(expected, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', ended.Error);
    }

    [Fact]
    public async Task It_submits_follows_reads_and_draws_by_a_gateway()
    {
        var gateway = $"localhost:{FreePort.Find()}";
        // A silo by itself forms a cluster of this name.
        _home.Environment["ADAPTCLUSTER_CLUSTER__ID"] = "adaptcluster-local";
        using var silo = SweepProcess.Start(_home, "serve", "--gateway-port", gateway.Split(':')[1]);
        await silo.WaitForErrorAsync("silo ready");
        _home.Environment["ADAPTCLUSTER_CLUSTER"] = gateway;
        _home.Write("small.json", TemporaryHome.HalfSpec);

        var table = await AskAsync("submit", "small.json", "--watch", "--json");

        Assert.True(table.Code == 0, table.Error);
        Assert.Equal("completed", (string?)table.Json["state"]);
        foreach (var command in (string[])["list --json", "results latest", "results latest --runs --format csv", "status latest --json"])
            Assert.Equal(await SweepProcess.RunAsync(_home, command.Split(' ')), await AskAsync(command.Split(' ')));
        Assert.Equal(0, (await AskAsync("plot", "latest", "--kind", "table", "--out", "table.svg")).Code);
        Assert.True(File.Exists(Path.Combine(_home.Folder, "table.svg")));
        Assert.Equal(0, (await AskAsync("plan", "small.json", "--json")).Code);
        Assert.Contains("store: answers", (await AskAsync("doctor")).Output, StringComparison.Ordinal);
        // The silo says what is wrong with a spec, in the words that the full program has for it.
        _home.Write("bad.json", """{"datasets": ["tiny-kinds"], "backbone": "tiny-clip", "armz": []}""");
        var refused = await AskAsync("submit", "bad.json");
        Assert.Equal((2, "sweep: bad.json: $: unknown key 'armz'; did you mean 'arms'?"), (refused.Code, refused.Error));

        await silo.SignalAsync("TERM");
        Assert.Equal(0, (await silo.EndAsync()).Code);
    }

    [Fact]
    public async Task A_shell_completes_its_commands_without_a_home()
    {
        Assert.Equal("results\nresume", (await AskAsync("[suggest:9]", "sweep res")).Output);
        Assert.Equal("latest", (await AskAsync("[suggest:15]", "sweep status la")).Output);
    }

    [Fact]
    public void No_assembly_that_it_refers_to_trains_stores_or_serves()
    {
        var seen = new Dictionary<string, Assembly>();
        Follow(typeof(Client.Commands.SweepCommand).Assembly);

        Assert.DoesNotContain(seen.Keys, (Predicate<string>)IsForeign);
        Assert.Contains("AdaptCluster.Connections", seen.Keys);

        void Follow(Assembly assembly)
        {
            if (!seen.TryAdd(assembly.GetName().Name!, assembly)) return;
            // What lies beside the program came with it; the framework's own assemblies are on every machine with .NET.
            foreach (var name in assembly.GetReferencedAssemblies())
                if (File.Exists(Path.Combine(Path.GetDirectoryName(Program)!, $"{name.Name}.dll"))) Follow(Assembly.Load(name));
                else Assert.False(IsForeign(name.Name!), name.Name);
        }
    }

    [Fact]
    public void Nothing_that_it_is_published_with_trains_stores_or_serves()
    {
        var libraries = Read("deps")["libraries"]!.AsObject().Select(library => library.Key).ToArray();

        Assert.DoesNotContain(libraries, (Predicate<string>)IsForeign);
        Assert.Contains(libraries, library => library.StartsWith("Microsoft.Orleans.Core/", StringComparison.Ordinal));
        // .NET itself is enough: a machine needs no ASP.NET.
        Assert.Equal("Microsoft.NETCore.App", (string?)Read("runtimeconfig")["runtimeOptions"]!["framework"]!["name"]);
    }

    [Fact]
    public void It_has_less_than_60_MB()
    {
        var files = new DirectoryInfo(Path.GetDirectoryName(Program)!).EnumerateFiles("*", SearchOption.AllDirectories);

        Assert.InRange(files.Sum(file => file.Length), 1, MostBytes);
    }

    private static bool IsForeign(string name) =>
        Never.Any(never => name.StartsWith(never, StringComparison.OrdinalIgnoreCase))
        && !name.StartsWith(OrleansOwn, StringComparison.Ordinal);

    private static JsonNode Read(string kind) => JsonNode.Parse(File.ReadAllText($"{Program}.{kind}.json"))!;

    private Task<SweepProcess.Ended> AskAsync(params string[] arguments) => RunAsync(SweepProcess.Start(_home, Program, arguments));

    private static async Task<SweepProcess.Ended> RunAsync(SweepProcess process)
    {
        using (process) return await process.EndAsync();
    }
}
