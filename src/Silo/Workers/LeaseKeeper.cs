using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Silo.Workers;

/// <summary>
/// Renews one lease until it has ended. Each renewal reports the jobs' progress to the queue, and the queue's directives are passed on to
/// the jobs.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="lease">The lease.</param>
/// <param name="worker">The worker that holds the lease.</param>
/// <param name="signals">Receives the queue's directives.</param>
/// <param name="progress">The progress of the jobs.</param>
/// <param name="health">Records the queue's responses.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The worker's logger.</param>
internal sealed partial class LeaseKeeper(
    IQueueGrain queue, Lease lease, string worker, LeaseSignals signals, TrainingProgress progress, WorkerHealth health,
    TimeProvider time, ILogger logger)
{
    /// <summary>Renews the lease until it has ended.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        var lost = false;
        while (true)
        {
            await Task.Delay(lease.RenewEvery, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested) return;
            try
            {
                var directive = await queue.RenewAsync(lease.Id, progress.Count);
                health.RecordAnswer(worker);
                if (directive == LeaseDirective.Lost && !lost) LogLeaseLost(worker, lease.Pack.Value, lease.Sweep.Value);
                lost |= directive == LeaseDirective.Lost;
                await signals.FollowAsync(directive);
            }
            // A failed renewal is retried, whatever the error: a lease outlasts several renewals, and the jobs keep training meanwhile. If
            // the lease has been lost, the store refuses the jobs' reports.
            catch (Exception e)
            {
                LogNotRenewed(worker, lease.Pack.Value, lease.Sweep.Value, ReasonText.Of(e), lease.RenewEvery.TotalSeconds);
            }
        }
    }

    [LoggerMessage(
        LogLevel.Warning, "Worker {Worker} lost its lease on pack {Pack} of {Sweep}; its jobs stop, and another worker can run them")]
    private partial void LogLeaseLost(string worker, int pack, string sweep);

    [LoggerMessage(
        LogLevel.Warning,
        "Worker {Worker} could not renew its lease on pack {Pack} of {Sweep} ({Reason}); retrying in {Seconds:0.#} s")]
    private partial void LogNotRenewed(string worker, int pack, string sweep, string reason, double seconds);
}
