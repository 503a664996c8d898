using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Workers;

namespace AdaptCluster.Silo.Tests.Workers;

/// <summary>
/// Progress, not life, keeps a lease: a GPU, a driver or a file system that does not answer must not keep a sweep's jobs for ever.
/// </summary>
public sealed class StandstillTests : IDisposable
{
    private const string Spec = """{"name": "still", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": 64}]}""";
    private readonly ManualResetEventSlim _hangs = new();

    /// <summary>The thread that hung must end before the test's process does.</summary>
    public void Dispose()
    {
        _hangs.Set();
        _hangs.Dispose();
    }

    [Fact]
    public async Task A_job_that_stands_still_is_taken_back_and_its_silo_says_so_and_leaves()
    {
        await using var silo = await ScriptedSilo.StartAsync(Hang, Hasty);
        var id = await silo.SubmitAsync(Spec);

        var reason = (await silo.Health.Abandoned).Message;

        Assert.StartsWith("worker silo/cpu:1 hangs: its jobs (pack ", reason, StringComparison.Ordinal);
        Assert.Contains($" of {id}) did not stop within ", reason, StringComparison.Ordinal);
        Assert.Equal(reason, silo.Health.Hung);
        var status = await silo.WaitAsync(id, status => status.RunningJobs == 0);
        Assert.Equal(SweepState.Running, status.Summary.State);
        Assert.Equal(AttemptOutcome.Lost, (await silo.Sweep(id).LogAsync(null, null))[^1].Outcome);
    }

    [Fact]
    public async Task A_cancellation_ends_although_a_worker_does_not_stop()
    {
        await using var silo = await ScriptedSilo.StartAsync(Hang, settings => Hasty(settings) with { StallAfter = TimeSpan.FromHours(1) });
        var id = await silo.SubmitAsync(Spec);
        await silo.WaitAsync(id, status => status.RunningJobs == 1);

        await silo.Sweep(id).CancelAsync();

        Assert.Equal(SweepState.Cancelled, (await silo.WaitAsync(id, status => status.Summary.State != SweepState.Cancelling))
            .Summary.State);
    }

    [Fact]
    public async Task What_comes_late_from_a_job_that_was_taken_back_is_refused_and_the_job_has_one_result()
    {
        var first = true;
        await using var silo = await ScriptedSilo.StartAsync(jobs =>
        {
            var hangs = Interlocked.Exchange(ref first, false);
            foreach (var job in jobs)
            {
                job.Events.Begin();
                if (hangs) _hangs.Wait();
                job.Events.Complete(hangs ? Samples.Result(99) : ScriptedSilo.ResultOf(job.Assignment.Definition));
            }
        }, settings => Hasty(settings) with { Workers = 2, StopWithin = TimeSpan.FromHours(1) });
        var id = await silo.SubmitAsync(Spec);

        await silo.WaitAsync(id, status => status.Summary.State == SweepState.Completed);
        _hangs.Set();

        var status = await silo.WaitAsync(id, status => status.RefusedReports == 1);
        Assert.Equal(1, status.Summary.Jobs.Completed);
        var test = (await silo.Coordinator(id).ResultsAsync()).Rows[0].Cells["dtd"].Test;
        Assert.NotEqual(99, test!.Mean);
    }

    [Fact]
    public async Task A_job_that_gets_on_keeps_its_lease_however_long_it_takes()
    {
        await using var silo = await ScriptedSilo.StartAsync(jobs =>
        {
            foreach (var job in jobs)
            {
                job.Events.Begin();
                // Three times as long as a standstill may last.
                for (var step = 0; step < 30; step++)
                {
                    _hangs.Wait(TimeSpan.FromMilliseconds(100));
                    job.Events.Moved();
                }
                job.Events.Complete(ScriptedSilo.ResultOf(job.Assignment.Definition));
            }
        }, Hasty);
        var id = await silo.SubmitAsync(Spec);

        await silo.WaitAsync(id, status => status.Summary.State == SweepState.Completed);

        Assert.All(await silo.Sweep(id).LogAsync(null, null), attempt => Assert.Equal(new(1), attempt.Attempt));
    }

    private static SiloSettings Hasty(SiloSettings settings) => settings with
    {
        LeaseDuration = TimeSpan.FromSeconds(30),
        RenewEvery = TimeSpan.FromMilliseconds(50),
        StallAfter = TimeSpan.FromSeconds(1),
        StopWithin = TimeSpan.FromMilliseconds(300),
    };

    private void Hang(IReadOnlyList<PackJob> jobs)
    {
        jobs[0].Events.Begin();
        _hangs.Wait();
        foreach (var job in jobs) job.Events.Return(null);
    }
}
