using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Silo.Workers;

/// <summary>
/// Owns one device (or one share of the CPU): asks the queue for a pack whenever it is free, runs its jobs one after the other, and hands
/// back what it could not finish when the silo stops.
/// </summary>
internal sealed partial class Worker(string name, string pool, IGrainFactory grains, JobRun run, WorkerHealth health, TimeProvider time, ILogger<Worker> logger)
    : BackgroundService
{
    private static readonly TimeSpan IdleDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FaultDelay = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Without this, the host's start would wait for the first synchronous part.
        await Task.Yield();
        var queue = grains.GetGrain<IQueueGrain>(pool);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await queue.LeaseAsync(name) is { } lease) await RunPackAsync(queue, lease, stoppingToken);
                else await Task.Delay(IdleDelay, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // The attempt's boundary: whatever went wrong with one pack, the worker lives on and the pack's lease runs out or was handed back.
            catch (Exception e)
            {
                LogPackFault(name, e);
                health.Report(e as AdaptClusterException ?? new AdaptClusterException($"worker {name} failed: {e.Message}", e));
                await Task.Delay(FaultDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunPackAsync(IQueueGrain queue, Lease lease, CancellationToken stopping)
    {
        using var packEnds = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var renewal = RenewAsync(queue, lease, packEnds);
        var unfinished = true;
        try
        {
            var sweep = grains.GetGrain<ISweepGrain>(lease.Sweep.Value);
            var assignments = await sweep.BeginAsync(lease.Pack, name);
            unfinished = false;
            foreach (var assignment in assignments) unfinished |= !await run.ExecuteAsync(sweep, assignment, packEnds.Token);
        }
        finally
        {
            await packEnds.CancelAsync();
            await renewal;
            await queue.EndAsync(lease.Id, requeue: unfinished);
        }
    }

    /// <summary>Renews until the pack ends; a lease that is not ours any more ends the pack.</summary>
    private async Task RenewAsync(IQueueGrain queue, Lease lease, CancellationTokenSource packEnds)
    {
        while (!packEnds.IsCancellationRequested)
        {
            await Task.Delay(lease.RenewEvery, time, packEnds.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (packEnds.IsCancellationRequested) return;
            try
            {
                if (await queue.RenewAsync(lease.Id)) continue;
                LogLeaseLost(name, lease.Sweep, lease.Pack);
                await packEnds.CancelAsync();
            }
            // A renewal that cannot be sent is tried again: a lease lasts several of them, and the store refuses reports if it was lost after all.
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                LogRenewalFault(name, e);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Worker {Worker}: a pack ended in an error")]
    private partial void LogPackFault(string worker, Exception error);

    [LoggerMessage(LogLevel.Warning, "Worker {Worker} lost the lease of pack {Pack} of {Sweep}")]
    private partial void LogLeaseLost(string worker, SweepId sweep, int pack);

    [LoggerMessage(LogLevel.Warning, "Worker {Worker} could not renew its lease")]
    private partial void LogRenewalFault(string worker, Exception error);
}
