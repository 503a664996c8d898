using System.Collections.Concurrent;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Silo.Tests.Workers;

/// <summary>No worker idles while another has a pack to itself that could be divided.</summary>
public sealed class DividedPackTests
{
    /// <summary>One data set, one pack: four seeds of three arms, of which two differ in T_target alone.</summary>
    private const string Spec =
        """{"name": "divided", "seeds": [1, 2, 3, 4], "datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": [128, 64]}, {"method": "zero-shot"}]}""";

    [Fact]
    public async Task Four_workers_share_the_jobs_of_one_data_set_and_jobs_that_share_a_beginning_stay_together()
    {
        using var allAreBusy = new Barrier(4);
        var leases = new ConcurrentQueue<(int Seed, int? TTarget)[]>();
        await using var silo = await ScriptedSilo.StartAsync(jobs =>
        {
            leases.Enqueue([.. jobs.Select(job => (job.Assignment.Definition.Seed, job.Assignment.Definition.TTarget))]);
            // Nobody goes on before all four have work.
            if (leases.Count <= 4) Assert.True(allAreBusy.SignalAndWait(TimeSpan.FromMinutes(1)), "a worker has nothing to do");
            foreach (var job in jobs)
            {
                job.Events.Begin();
                job.Events.Complete(ScriptedSilo.ResultOf(job.Assignment.Definition));
            }
        }, settings => settings with { Workers = 4 });

        var id = await silo.SubmitAsync(Spec);
        await silo.WaitAsync(id, status => status.Summary.State == SweepState.Completed);

        Assert.Equal(12, leases.Sum(jobs => jobs.Length));
        Assert.All(leases, jobs =>
            Assert.Equal(jobs.Where(job => job.TTarget == 64).Select(job => job.Seed).Order(),
                jobs.Where(job => job.TTarget == 128).Select(job => job.Seed).Order()));
    }

    [Fact]
    public async Task A_worker_that_comes_free_while_another_trains_gets_some_of_its_jobs_and_no_attempt_is_lost()
    {
        using var bothWork = new Barrier(2);
        var leases = 0;
        await using var silo = await ScriptedSilo.StartAsync(jobs =>
        {
            var lease = Interlocked.Increment(ref leases);
            // Of what the first hands back, nobody goes on before both have some.
            if (lease is 2 or 3) Assert.True(bothWork.SignalAndWait(TimeSpan.FromMinutes(1)), "a worker has nothing to do");
            foreach (var job in jobs.Where(job => job.Events.Begin()))
            {
                if (job.Assignment.Checkpoint is null && job.Assignment.Definition.TTarget is not null) job.Events.Epoch(Samples.Epoch(1));
                while (lease == 1 && !job.Events.Cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(100))) job.Events.Moved();
                if (job.Events.Cancellation.IsCancellationRequested) job.Events.Return(null);
                else job.Events.Complete(ScriptedSilo.ResultOf(job.Assignment.Definition));
            }
        }, settings => settings with { Workers = 2 });

        // Under its cap one worker gets the pack as a whole, and the other idles until the cap is raised.
        var id = await silo.SubmitAsync(Spec, new SubmitOptions { UseCache = false, Parallel = 1 });
        await silo.WaitAsync(id, status => status.Running.Length > 0);
        await silo.Sweep(id).SetAsync(new ShareChange { Parallel = 2 });
        await silo.WaitAsync(id, status => status.Summary.State == SweepState.Completed);

        var log = await silo.Sweep(id).LogAsync(null, null);
        Assert.Equal(2, log.Where(attempt => attempt.Outcome == AttemptOutcome.Completed)
            .Select(attempt => attempt.Worker).Distinct().Count());
        Assert.DoesNotContain(log, attempt => attempt.Outcome is AttemptOutcome.Lost or AttemptOutcome.Failed);
    }

    [Fact]
    public async Task One_worker_takes_the_pack_as_a_whole()
    {
        var leases = new ConcurrentQueue<int>();
        await using var silo = await ScriptedSilo.StartAsync(jobs =>
        {
            leases.Enqueue(jobs.Count);
            foreach (var job in jobs)
            {
                job.Events.Begin();
                job.Events.Complete(ScriptedSilo.ResultOf(job.Assignment.Definition));
            }
        });

        var id = await silo.SubmitAsync(Spec);
        await silo.WaitAsync(id, status => status.Summary.State == SweepState.Completed);

        Assert.Equal([12], leases);
    }
}
