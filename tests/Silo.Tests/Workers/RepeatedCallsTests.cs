using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Telemetry;
using AdaptCluster.Silo.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptCluster.Silo.Tests.Workers;

/// <summary>Whatever happens to the calls between a worker and the grains, no attempt is lost and no job runs twice.</summary>
public sealed class RepeatedCallsTests
{
    private const string Spec =
        """{"name": "repeated", "seeds": [1, 2, 3], "datasets": ["dtd", "eurosat"], "arms": [{"method": "adapt", "tTarget": [128, 64]}, {"method": "zero-shot"}]}""";

    public static TheoryData<string, int> Troubles => new(
        [.. Enumerable.Range(1, 10).Select(times => (nameof(Trouble.Repeated), times)), (nameof(Trouble.AnswerLost), 2),
            (nameof(Trouble.Late), 2)]);

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Every_call_of_a_worker_may_be_repeated_lose_its_answer_or_come_late(string trouble, int times)
    {
        UnreliableGrains grains = null!;
        await using var silo = await ScriptedSilo.StartAsync(Train, settings => settings with { Workers = 0 }, services =>
            services.AddSingleton<IHostedService>(provider => new Worker(
                new WorkerIdentity("silo", "silo/cpu:1", "cpu", Samples.Environment, Samples.Offer),
                provider.GetRequiredService<SiloSettings>(),
                grains = new UnreliableGrains(ActivatorUtilities.CreateInstance<WorkerGrains>(provider),
                    Enum.Parse<Trouble>(trouble), times),
                provider.GetRequiredService<PackRun>(), new RetryPolicy(null, TimeProvider.System),
                provider.GetRequiredService<WorkerHealth>(),
                provider.GetRequiredService<WorkerInstruments>(), TimeProvider.System, NullLogger<Worker>.Instance)));

        var id = await silo.SubmitAsync(Spec);
        var status = await silo.WaitAsync(id, status => status.Summary.State == SweepState.Completed);
        await grains.Arrived;

        Assert.Equal(((string[])["begin", "end", "lease", "report"]), grains.Made.Keys.Except(["renew"]).Order());
        Assert.Equal((18, 0, 0L), (status.Summary.Jobs.Completed, status.Summary.Jobs.Failed,
            (await silo.Sweep(id).StatusAsync()).RefusedReports));
        var log = await silo.Sweep(id).LogAsync(null, null);
        Assert.Equal(18, log.Count(attempt => attempt.Outcome == AttemptOutcome.Completed));
        Assert.Equal(18, log.Count(attempt => attempt.Outcome == AttemptOutcome.Open));
        Assert.All(log, attempt => Assert.Equal(new(1), attempt.Attempt));
    }

    private static void Train(IReadOnlyList<PackJob> jobs)
    {
        foreach (var job in jobs)
        {
            Assert.True(job.Events.Begin());
            for (var epoch = 1; epoch <= 3 && job.Assignment.Definition.TTarget is not null; epoch++)
                job.Events.Epoch(Samples.Epoch(epoch));
            job.Events.Complete(ScriptedSilo.ResultOf(job.Assignment.Definition));
        }
    }
}
