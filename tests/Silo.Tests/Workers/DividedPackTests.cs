using System.Collections.Concurrent;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Silo.Tests.Workers;

/// <summary>No worker idles while another has a pack to itself that could be divided.</summary>
public sealed class DividedPackTests
{
    /// <summary>One data set, one pack: four seeds of three arms, of which two differ in T_target alone.</summary>
    private const string Spec = """{"name": "divided", "seeds": [1, 2, 3, 4], "datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": [128, 64]}, {"method": "zero-shot"}]}""";

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
        Assert.All(leases, jobs => Assert.Equal(jobs.Where(job => job.TTarget == 64).Select(job => job.Seed).Order(), jobs.Where(job => job.TTarget == 128).Select(job => job.Seed).Order()));
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
