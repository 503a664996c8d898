using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>Whatever workers and users do in whatever order, a sweep ends and its counts add up.</summary>
public sealed class AnyOrderTests(GrainHost host) : IClassFixture<GrainHost>
{
    private const int Jobs = 12;

    private static string Spec(string name) =>
        $$"""{"name": "{{name}}", "seeds": [1, 2], "datasets": ["dtd", "pets"], "arms": [{"method": "zero-shot"}, {"method": "adapt", "tTarget": [128, 64]}]}""";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Complete_fail_expire_cancel_pause_duplicate_and_late_reports_end_in_a_state_whose_counts_add_up(int seed)
    {
        var random = new Random(seed);
        var id = await host.Front.SubmitAsync(Spec($"any-order-{seed}"), "spec.json", new SubmitOptions { UseCache = false });
        var (sweep, open, sent) = (host.Sweep(id), new List<(Lease Lease, Queue<JobAssignment> Jobs)>(), new List<JobReport>());
        for (var step = 0; step < 60; step++)
        {
            try
            {
                await StepAsync(random, sweep, id, open, sent);
            }
            catch (InvalidInputException)
            {
                // What a user asks at the wrong moment is refused with a reason, and changes nothing.
            }
            await AssertCountsAsync(id, sweep);
        }

        await SettleAsync(sweep);
        await AssertCountsAsync(id, sweep);
        var status = await sweep.StatusAsync();
        Assert.True(status.Summary.State is SweepState.Completed or SweepState.Failed, $"{status.Summary.State}");
        Assert.Empty(status.Running);
        Assert.Equal(status.Summary.State == SweepState.Completed, status.Summary.Jobs.Completed == Jobs);
        var outcomes = await host.Store.Jobs.ResultsAsync(id);
        Assert.Equal(status.Summary.Jobs.Completed, outcomes.Select(outcome => outcome.Position).Distinct().Count());
        foreach (var job in await host.Store.Jobs.JobsAsync(id, JobState.Completed, Jobs))
            Assert.Single(await host.Store.History.AttemptsAsync(id, job), attempt => attempt.Outcome == AttemptOutcome.Completed);
        Assert.Equal(status.Summary.State == SweepState.Completed,
            (await host.Coordinator(id).ResultsAsync()).Rows.All(row => row.Average is not null));
    }

    private async Task StepAsync(Random random, ISweepGrain sweep, SweepId id,
        List<(Lease Lease, Queue<JobAssignment> Jobs)> open, List<JobReport> sent)
    {
        switch (random.Next(14))
        {
            case 0 or 1 or 2 when (await host.Queue.LeaseAsync("silo", "worker", LeaseId.New(), Samples.Offer))
                .Lease is { } lease && lease.Sweep == id:
                open.Add(
                    (lease, new Queue<JobAssignment>(
                    (await sweep.BeginAsync(new PackStart(lease.Id, lease.Pack, "worker", Samples.Environment, TrainerVersion.Current)))
                    .Jobs)));
                break;
            case 3 or 4 or 5 or 6 when open.Count > 0 && open[random.Next(open.Count)].Jobs is { Count: > 0 } jobs:
                var job = jobs.Dequeue();
                var report = random.Next(6) switch
                {
                    0 => JobReport.Failed(job.Position, job.Attempt, new("unlucky", Retry: true)),
                    1 => JobReport.Failed(job.Position, job.Attempt, new("bad", Retry: false)),
                    2 => JobReport.Returned(job.Position, job.Attempt),
                    3 => JobReport.EpochDone(job.Position, job.Attempt, Samples.Epoch(1)),
                    _ => JobReport.Completed(job.Position, job.Attempt, Samples.Result(random.Next(100))),
                };
                sent.Add(report);
                await sweep.ReportAsync([report]);
                break;
            case 7 when sent.Count > 0:
                // A duplicate of anything sent so far, however late.
                await sweep.ReportAsync([sent[random.Next(sent.Count)]]);
                break;
            case 8 when open.Count > 0:
                var ended = open[random.Next(open.Count)];
                open.Remove(ended);
                await host.Queue.EndAsync(ended.Lease.Id, new LeaseEnd(Requeue: ended.Jobs.Count > 0, 1, []));
                break;
            case 9 when open.Count > 0:
                // The worker is not heard of until its lease has run out, and reports late then.
                await Task.Delay(GrainHost.LeaseDuration * 1.6);
                break;
            case 10: await sweep.PauseAsync(random.Next(2) == 0); break;
            case 11: await sweep.ResumeAsync(); break;
            case 12 when random.Next(3) == 0: await sweep.CancelAsync(); break;
            case 13: await sweep.RetryAsync(random.Next(2) == 0 ? RetryScope.Failed : RetryScope.Missing); break;
        }
    }

    /// <summary>A patient worker and a patient user.</summary>
    private async Task SettleAsync(ISweepGrain sweep)
    {
        for (var round = 0; round < 400; round++)
        {
            var status = await sweep.StatusAsync();
            if (status.Summary.State is SweepState.Completed or SweepState.Failed) return;
            if (status.Summary.State is SweepState.Paused or SweepState.Cancelled) await sweep.ResumeAsync();
            if ((await host.Queue.LeaseAsync("silo", "patient", LeaseId.New(), Samples.Offer)).Lease is not { } lease)
            {
                await Task.Delay(GrainHost.LeaseDuration / 10);
                continue;
            }
            var pack = await host.Sweep(lease.Sweep).BeginAsync(
                new PackStart(lease.Id, lease.Pack, "patient", Samples.Environment, TrainerVersion.Current));
            await host.Sweep(lease.Sweep)
                .ReportAsync([.. pack.Jobs.Select(job => JobReport.Completed(job.Position, job.Attempt, Samples.Result(1)))]);
            await host.Queue.EndAsync(lease.Id, new LeaseEnd(pack.MoreWait, pack.Jobs.Length, []));
        }
        var id = new SweepId((await sweep.StatusAsync()).Summary.Id);
        var holding = await host.Queue.HoldingAsync(id);
        Assert.Fail(
            $"The sweep did not end: {(await sweep.StatusAsync()).Summary}; the queue has {holding.Waiting} packs and "
            + $"{holding.Leases.Length} leases; open in the store: "
            + string.Join(", ", (await host.Store.Leases.OpenLeasesAsync(id))
                .Select(open => $"pack {open.Pack} by {open.Lease}, held {holding.Leases.Contains(open.Lease)}")));
    }

    private async Task AssertCountsAsync(SweepId id, ISweepGrain sweep)
    {
        var counts = (await host.Store.Jobs.LoadAsync(id, seeds: 2)).Counts.GroupBy(count => count.State)
            .ToDictionary(state => state.Key, state => state.Sum(count => count.Jobs));
        Assert.Equal(Jobs, counts.Values.Sum());
        var shown = (await sweep.StatusAsync()).Summary.Jobs;
        Assert.Equal((counts.GetValueOrDefault(JobState.Completed), counts.GetValueOrDefault(JobState.Failed)),
            (shown.Completed, shown.Failed));
    }
}
