using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Cluster.Tests;

/// <summary>
/// Upgrades that change the trainer's digits: no job and no mean mixes two versions, in whatever order silos are replaced, and when an
/// upgrade is taken back. tests/upgrade builds the versions and runs this.
/// </summary>
public sealed class TrainerUpgradeTests(PostgresServer server, ITestOutputHelper log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly int This = TrainerVersion.Current, Next = TrainerVersion.Current + 1;
    private static readonly string Spec = TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 40", StringComparison.Ordinal);

    [Fact]
    public async Task Control_silos_first_the_old_sweep_ends_on_old_silos_and_a_new_one_runs_on_new_silos()
    {
        var newer = Build("ADAPTCLUSTER_NEWER");
        await using var cluster = await TestCluster.CreateAsync(server);
        await StartAsync(cluster, "old");
        var old = await cluster.SubmitAsync(Named("old"));
        await cluster.WaitForCountAsync("SELECT count(*) FROM jobs WHERE state = 2", 1, Limit);

        cluster.Program = newer;
        await cluster.StartAsync("control-new", "control");
        await cluster.EndAsync("control-old");
        await cluster.StartAsync("gpu-new", "gpu");
        var anew = await cluster.SubmitAsync(Named("new"));
        await cluster.WaitAsync(anew, "completed", Limit);
        await cluster.WaitAsync(old, "completed", Limit);

        await AssertUnmixedAsync(cluster, newer, (old, Named("old"), This), (anew, Named("new"), Next));
        Assert.Equal(0, await cluster.CountAsync($"SELECT count(*) FROM attempts WHERE sweep_id = '{old}' AND worker LIKE 'gpu-new/%'"));
        Assert.Equal(0, await cluster.CountAsync($"SELECT count(*) FROM attempts WHERE sweep_id = '{anew}' AND worker LIKE 'gpu-old/%'"));
    }

    [Fact]
    public async Task Gpu_silos_first_a_sweep_that_an_old_control_silo_plans_gets_no_new_worker()
    {
        var newer = Build("ADAPTCLUSTER_NEWER");
        await using var cluster = await TestCluster.CreateAsync(server);
        await StartAsync(cluster, "old");
        cluster.Program = newer;
        await cluster.StartAsync("gpu-new", "gpu");
        cluster.Program = SweepProcess.Program;

        var old = await cluster.SubmitAsync(Named("old"));
        await cluster.WaitAsync(old, "completed", Limit);

        await AssertUnmixedAsync(cluster, newer, (old, Named("old"), This));
        Assert.Equal(0, await cluster.CountAsync("SELECT count(*) FROM attempts WHERE worker LIKE 'gpu-new/%'"));
    }

    [Fact]
    public async Task A_sweep_whose_version_no_worker_has_any_more_says_so_and_is_planned_anew()
    {
        var newer = Build("ADAPTCLUSTER_NEWER");
        await using var cluster = await TestCluster.CreateAsync(server);
        await StartAsync(cluster, "old");
        var old = await cluster.SubmitAsync(Named("old"));
        await cluster.WaitForCountAsync("SELECT count(*) FROM jobs WHERE state = 2", 1, Limit);
        cluster.Program = newer;
        await cluster.StartAsync("control-new", "control");
        foreach (var name in (string[])["control-old", "gpu-old"]) await cluster.EndAsync(name);
        await cluster.StartAsync("gpu-new", "gpu");

        await cluster.WaitForOutputAsync(
            $"the sweep needs workers of trainer version {This}, but those of pool 'cpu' run {Next}; 'sweep replan {old}' plans it again "
            + "for them", Limit, "status", old);
        var replanned = await cluster.RunAsync("replan", old, "--json");
        Assert.True(replanned.Code == 0, replanned.Error);
        var anew = (string)replanned.Json["sweep"]!;
        await cluster.WaitAsync(anew, "completed", Limit);
        await cluster.WaitAsync(old, "cancelled", Limit);

        await AssertUnmixedAsync(cluster, newer, (anew, Named("old"), Next));
        Assert.Equal(old, await cluster.TextAsync($"SELECT supersedes FROM sweeps WHERE id = '{anew}'"));
    }

    [Fact]
    public async Task After_a_rollback_nothing_of_the_newer_version_goes_on_under_the_older_one()
    {
        var newer = Build("ADAPTCLUSTER_NEWER");
        await using var cluster = await TestCluster.CreateAsync(server);
        cluster.Program = newer;
        await StartAsync(cluster, "new");
        var anew = await cluster.SubmitAsync(Named("new"));
        await cluster.WaitForCountAsync("SELECT count(*) FROM jobs WHERE state = 2", 1, Limit);

        cluster.Program = SweepProcess.Program;
        await cluster.StartAsync("control-old", "control");
        foreach (var name in (string[])["control-new", "gpu-new"]) await cluster.EndAsync(name);
        await cluster.StartAsync("gpu-old", "gpu");
        var old = await cluster.SubmitAsync(Named("old"));
        await cluster.WaitAsync(old, "completed", Limit);
        await cluster.WaitForOutputAsync($"the sweep needs workers of trainer version {Next}", Limit, "status", anew);

        await AssertUnmixedAsync(cluster, newer, (old, Named("old"), This));
        Assert.Equal(0, await cluster.CountAsync($"SELECT count(*) FROM attempts WHERE sweep_id = '{anew}' AND worker LIKE 'gpu-old/%'"));
    }

    [Fact]
    public async Task A_new_gpu_silo_hands_back_what_a_control_silo_of_the_version_before_offers()
    {
        var (older, newer) = (Build("ADAPTCLUSTER_OLDER"), Build("ADAPTCLUSTER_NEWER"));
        await using var cluster = await TestCluster.CreateAsync(server, older);
        await StartAsync(cluster, "old");
        cluster.Program = newer;
        Assert.Equal(0, (await cluster.RunAsync("db", "migrate")).Code);
        await cluster.StartAsync("gpu-new", "gpu");
        cluster.Program = older;

        var old = await cluster.SubmitAsync(Named("old"));
        await cluster.WaitAsync(old, "completed", Limit);

        Assert.Equal(0, await cluster.CountAsync("SELECT count(*) FROM attempts WHERE worker LIKE 'gpu-new/%'"));
    }

    /// <summary>The command of a build that tests/upgrade has made; the test is skipped without.</summary>
    internal static string Build(string variable)
    {
        var program = Environment.GetEnvironmentVariable(variable);
        Assert.SkipWhen(string.IsNullOrEmpty(program), $"{variable} names no build's 'sweep'; tests/upgrade COMMIT makes one.");
        return program!;
    }

    /// <summary>A control silo and one that trains.</summary>
    private static Task StartAsync(TestCluster cluster, string age) =>
        Task.WhenAll(cluster.StartAsync($"control-{age}", "control"), cluster.StartAsync($"gpu-{age}", "gpu"));

    private static string Named(string name) =>
        Spec.Replace("\"backbone\"", $"\"name\": \"{name}\", \"backbone\"", StringComparison.Ordinal);

    /// <summary>
    /// Every attempt of a sweep ran on the version that the sweep is planned for, and every result is the one that this version finds
    /// alone.
    /// </summary>
    private async Task AssertUnmixedAsync(TestCluster cluster, string newer, params (string Sweep, string Spec, int Version)[] sweeps)
    {
        foreach (var (sweep, spec, version) in sweeps)
        {
            Assert.Equal(version, await cluster.CountAsync($"SELECT trainer FROM sweeps WHERE id = '{sweep}'"));
            Assert.Equal(
                0, await cluster.CountAsync(
                $"""SELECT count(*) FROM attempts JOIN environments ON environments.id = attempts.environment WHERE sweep_id = '{sweep}' AND json NOT LIKE '%"trainer":"{version}"%'"""));
            var alone = await AloneAsync(version == Next ? newer : SweepProcess.Program, spec);
            var found = Accuracies((await cluster.RunAsync("results", sweep, "--runs", "--format", "csv")).Output);
            log.WriteLine($"{sweep}, trainer version {version}: {string.Join(' ', found.Values)}");
            Assert.Equal(alone, found);
        }
        // The two versions can be told apart at all.
        Assert.NotEqual((await AloneAsync(newer, sweeps[0].Spec)).Values, (await AloneAsync(SweepProcess.Program, sweeps[0].Spec)).Values);
    }

    private static async Task<SortedDictionary<string, string>> AloneAsync(string program, string spec)
    {
        using var home = new TemporaryHome();
        using var submitted = SweepProcess.Start(home, program, ["submit", home.Write("spec.json", spec)]);
        Assert.Equal(0, (await submitted.EndAsync()).Code);
        using var results = SweepProcess.Start(home, program, ["results", "latest", "--runs", "--format", "csv"]);
        return Accuracies((await results.EndAsync()).Output);
    }

    /// <summary>Test accuracy by job, from a table of runs.</summary>
    internal static SortedDictionary<string, string> Accuracies(string csv)
    {
        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToArray();
        var column = Array.IndexOf(lines[0], "test_accuracy");
        return new(lines.Skip(1).ToDictionary(line => line[0], line => line[column]), StringComparer.Ordinal);
    }
}
