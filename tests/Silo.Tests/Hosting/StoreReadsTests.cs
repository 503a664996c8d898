using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains;
using AdaptCluster.Silo.Tests.Workers;

namespace AdaptCluster.Silo.Tests.Hosting;

/// <summary>A store at rest says by itself what the grains of its silo said.</summary>
public sealed class StoreReadsTests
{
    private const string Spec = """
        {"name": "read", "seeds": [1, 2], "datasets": ["dtd", "eurosat"], "arms": [{"method": "adapt", "tTarget": [128, 64]}, {"method": "zero-shot"}]}
        """;

    [Fact]
    public async Task Whatever_a_command_reads_is_the_same_without_a_silo()
    {
        await using var silo = await ScriptedSilo.StartAsync(jobs =>
        {
            foreach (var job in jobs)
            {
                job.Events.Begin();
                if (job.Assignment.Definition.TTarget is not null) job.Events.Epoch(Samples.Epoch(1));
                if (job.Assignment.Definition is { TTarget: 64, Seed: 2 }) job.Events.Fail(new InvalidInputException("it cannot be"));
                else job.Events.Complete(ScriptedSilo.ResultOf(job.Assignment.Definition));
            }
        });
        var sweep = await silo.SubmitAsync(Spec);
        await silo.WaitAsync(sweep, status => status.Summary.State == SweepState.Failed);
        var (sweeps, table, front) = (silo.Sweep(sweep), silo.Coordinator(sweep), silo.Client.GetGrain<IFrontGrain>(0));
        var job = (await sweeps.JobsAsync(new JobQuery { Count = 1, Method = "adapt" })).Jobs[0].Status.Id.Value;
        object?[] said =
        [
            await front.FindAsync("latest"), await front.ListPageAsync(0, 10), await sweeps.StatusAsync(), await table.ResultsAsync(), await table.CurvesAsync(),
            await table.RunsAsync(3), await sweeps.JobAsync(job), await sweeps.NearestAsync(job), await sweeps.HistoryAsync(job[..8]),
            await sweeps.JobsAsync(new JobQuery { Count = 5, From = 1, State = JobState.Completed }), await sweeps.LogAsync(null, null),
        ];

        await silo.StopAsync();
        await using var store = await GrainServices.OpenReadsAsync(silo.StoreFile, "cpu");
        var reads = store!.Sweeps;
        object?[] found =
        [
            await reads.FindAsync("latest"), await reads.ListPageAsync(0, 10), await reads.StatusAsync(sweep), await reads.ResultsAsync(sweep), await reads.CurvesAsync(sweep),
            await reads.RunsAsync(sweep, 3), await reads.JobAsync(sweep, job), await reads.NearestAsync(sweep, job), await reads.HistoryAsync(sweep, job[..8]),
            await reads.JobsAsync(sweep, new JobQuery { Count = 5, From = 1, State = JobState.Completed }), await reads.LogAsync(sweep, null, null),
        ];

        Assert.Equal(said.Select(Text), found.Select(Text));
        Assert.Contains("it cannot be", Text(found[2]), StringComparison.Ordinal);
    }

    /// <summary>As a command prints it; how fast the workers were lately only a grain knows.</summary>
    private static string Text(object? answer) =>
        JsonSerializer.Serialize(answer is SweepStatus status ? status with { IterationsPerSecond = null, Remaining = null } : answer, answer?.GetType() ?? typeof(object), AdaptClusterJson.Indented);
}
