using System.Security.Cryptography;
using System.Text.RegularExpressions;
using AdaptCluster.Client.Commands;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Local;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Tests.Workers;
using AdaptCluster.Silo.Workers;

namespace AdaptCluster.Client.Tests.Connection;

/// <summary>Commands that only read say the same with a silo and, once nobody holds the home, without one.</summary>
public sealed class ReadsTests
{
    private const int Tokens = 12 * 16, Torn = 4, Long = 6;

    private readonly TaskCompletionSource _midway = new();

    [Fact]
    public async Task Whatever_a_command_prints_is_the_same_without_a_silo()
    {
        await using var silo = await ScriptedSilo.StartAsync(jobs => { foreach (var job in jobs) Train(job); });
        var done = await SubmitAsync(silo, Spec("done", 1), SweepState.Completed);
        var failed = await SubmitAsync(silo, Spec("failed", Torn - 1), SweepState.Failed);
        var half = await silo.SubmitAsync(Spec("half", Long - 1));
        await _midway.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await silo.Sweep(half).PauseAsync(now: true);
        await silo.WaitAsync(half, status => status is { Summary.State: SweepState.Paused, RunningJobs: 0 });
        var commands = new List<string>();
        foreach (var sweep in (SweepId[])[done, failed, half]) commands.AddRange(Commands(sweep, await JobAsync(silo, sweep)));
        var home = System.Environment.GetEnvironmentVariable("ADAPTCLUSTER_HOME");
        System.Environment.SetEnvironmentVariable("ADAPTCLUSTER_HOME", silo.Home);
        try
        {
            var bySilo = new List<string>();
            foreach (var command in commands) bySilo.Add(await RunAsync(silo, command));
            await silo.StopAsync();
            // Held by somebody who reads as well, so that no silo could start meanwhile.
            Assert.True(HomeLock.TryShare(silo.Home, out var shared));
            using (shared)
            {
                var files = Files(silo.Home);
                for (var i = 0; i < commands.Count; i++) Assert.Equal(bySilo[i], await RunAsync(silo, commands[i]));
                Assert.Equal(files, Files(silo.Home));
            }
            Assert.Contains(bySilo, text => text.Contains("the picture is torn", StringComparison.Ordinal));
            Assert.Contains(bySilo, text => text.Contains(" unfinished (", StringComparison.Ordinal));
            Assert.DoesNotContain(bySilo, text => text.Contains("bug in this program", StringComparison.Ordinal));
        }
        finally
        {
            System.Environment.SetEnvironmentVariable("ADAPTCLUSTER_HOME", home);
        }
    }

    private static string Spec(string name, int seed) => $$"""
        {"name": "{{name}}", "seeds": [{{seed}}, {{seed + 1}}], "datasets": ["dtd", "eurosat"],
         "arms": [{"method": "adapt", "tTarget": [128, 64]}, {"method": "adapt", "tTarget": {"adaptive": [64, 128]} }, {"method": "zero-shot"}]}
        """;

    /// <summary>Every command that only reads, in its formats.</summary>
    private static IEnumerable<string> Commands(SweepId sweep, string job) =>
    [
        "list", "list --json", "list --limit 1", "status latest", "status no-such-sweep", "results latest --runs --format csv",
        $"status {sweep}", $"status {sweep} --json", $"results {sweep}", $"results {sweep} --json", $"results {sweep} --format latex",
        $"results {sweep} --runs", $"results {sweep} --runs --json", $"explain {sweep} --job {job}", $"explain {sweep} --job {job} --json",
        $"curves {sweep} --job {job}", $"curves {sweep} --job {job} --json", $"masks {sweep} --job {job}",
        $"masks {sweep} --job {job} --json",
        $"curves {sweep} --job 0x", $"logs {sweep}", $"logs {sweep} --json", $"logs {sweep} --job {job}",
        $"plot {sweep} --kind table --out FIGURE --force", $"plot {sweep} --kind t-target --out FIGURE --force",
        $"plot {sweep} --kind masks --job {job} --out FIGURE --force", $"plot {sweep} --kind masks --out FIGURE --force",
        $"export-runs {sweep} --to csv --out RUNS",
    ];

    /// <summary>What a command prints and draws, and how it ends.</summary>
    private static async Task<string> RunAsync(ScriptedSilo silo, string command)
    {
        var (figure, runs) = (Path.Combine(silo.Home, "figure.svg"), Path.Combine(silo.Home, "runs"));
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await SweepCommand.RunAsync(command.Replace("FIGURE", figure, StringComparison.Ordinal)
            .Replace("RUNS", runs, StringComparison.Ordinal).Split(' '), output, error, new EmbeddedMode());
        var drawn = File.Exists(figure) ? await File.ReadAllTextAsync(figure) : "";
        File.Delete(figure);
        if (Directory.Exists(runs))
        {
            foreach (var table in (string[])["runs.csv", "metrics.csv"]) drawn += await File.ReadAllTextAsync(Path.Combine(runs, table));
            Directory.Delete(runs, recursive: true);
        }
        // A process counts the areas of all that it draws.
        return $"{command}\n{code}\n{output}\n{error}\n{Regex.Replace(drawn, "cl_[0-9a-f]+", "area")}";
    }

    /// <summary>
    /// The files of a home, without the lock that is held and what SQLite keeps beside an open store, with the hash of the store.
    /// </summary>
    private static string[] Files(string home) =>
    [
        .. Directory.EnumerateFiles(home).Select(file => Path.GetFileName(file)!)
            .Where(file => file is not ("lock" or "store.db-shm" or "store.db-wal")).Order(),
        Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(home, "store.db")))),
    ];

    private static async Task<SweepId> SubmitAsync(ScriptedSilo silo, string spec, SweepState end)
    {
        var sweep = await silo.SubmitAsync(spec);
        await silo.WaitAsync(sweep, status => status.Summary.State == end);
        return sweep;
    }

    private static async Task<string> JobAsync(ScriptedSilo silo, SweepId sweep) =>
        (await silo.Sweep(sweep).JobsAsync(new JobQuery { Count = 1, Method = MethodNames.Adapt })).Jobs[0].Status.Id.Value;

    /// <summary>Trains a job; with one seed it fails, and with another it stays in the middle until it is told to stop.</summary>
    private void Train(PackJob job)
    {
        var definition = job.Assignment.Definition;
        if (!job.Events.Begin())
        {
            job.Events.Return(null);
            return;
        }
        if (definition.TTarget is not null) job.Events.Epoch(Epoch());
        if (definition.Seed == Long)
        {
            _midway.TrySetResult();
            job.Events.Cancellation.WaitHandle.WaitOne();
            job.Events.Return([1]);
        }
        else if (definition is { TTarget: 64, Seed: Torn }) job.Events.Fail(new InvalidInputException("the picture is torn"));
        else job.Events.Complete(ScriptedSilo.ResultOf(definition));
    }

    private static EpochReport Epoch()
    {
        byte[] mask = [.. Enumerable.Range(0, Tokens).Select(token => (byte)(token % 3 == 0 ? 0 : 1))];
        return Samples.Epoch(1) with { PruneSteps = [new() { Iteration = 10, ImageMask = mask, TextMask = mask }] };
    }
}
