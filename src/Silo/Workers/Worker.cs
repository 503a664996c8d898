using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Workers;

/// <summary>Who a worker is.</summary>
/// <param name="Silo">Its silo.</param>
/// <param name="Name">Its own name, for attempts and logs.</param>
/// <param name="Pool">The pool whose queue it serves.</param>
/// <param name="Environment">What its jobs run on.</param>
internal sealed record WorkerIdentity(string Silo, string Name, string Pool, RunEnvironment Environment);

/// <summary>
/// Owns one device (or one share of the CPU): asks the queue for a pack whenever it is free, runs its jobs one after the other, and hands
/// back what it could not finish when the silo stops.
/// </summary>
internal sealed partial class Worker(WorkerIdentity identity, IGrainFactory grains, PackRun run, Patience patience, WorkerHealth health, TimeProvider time, ILogger<Worker> logger)
    : BackgroundService
{
    private static readonly TimeSpan ShortestIdle = TimeSpan.FromMilliseconds(100), LongestIdle = TimeSpan.FromSeconds(2), LongestQuarantineWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FaultDelay = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Without this, the host's start would wait for the first synchronous part.
        await Task.Yield();
        var queue = grains.GetGrain<IQueueGrain>(identity.Pool);
        var idle = ShortestIdle;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var answer = await patience.RunAsync(() => queue.LeaseAsync(identity.Silo, identity.Name), LogAskFault, stoppingToken);
                health.Hear(identity.Name);
                if (answer.Lease is { } lease)
                {
                    idle = ShortestIdle;
                    await RunPackAsync(queue, lease, stoppingToken);
                    continue;
                }
                // Idle workers ask less often, so that thousands of them do not keep the queue busy; a new pack waits two seconds at most.
                idle = idle * 1.5 > LongestIdle ? LongestIdle : idle * 1.5;
                await Task.Delay(answer.QuarantinedUntil is { } until ? Quarantined(until) : Jitter.Of(idle), time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // The lease's boundary: whatever went wrong with one pack, the worker lives on and the pack's lease runs out or was handed back.
            catch (Exception e)
            {
                if (stoppingToken.IsCancellationRequested) return;
                LogPackFault(identity.Name, e);
                health.Report(e as AdaptClusterException ?? new AdaptClusterException($"worker {identity.Name} failed: {e.Message}", e));
                await Task.Delay(FaultDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private TimeSpan Quarantined(DateTimeOffset until)
    {
        LogQuarantined(identity.Silo, until);
        health.Quarantine(until);
        var left = until - time.GetUtcNow();
        return left < ShortestIdle ? ShortestIdle : left > LongestQuarantineWait ? LongestQuarantineWait : left;
    }

    private async Task RunPackAsync(IQueueGrain queue, Lease lease, CancellationToken stopping)
    {
        using var signals = new LeaseSignals(stopping);
        using var ended = new CancellationTokenSource();
        var renewal = RenewAsync(queue, lease, signals, ended.Token);
        var end = new LeaseEnd(Requeue: true, 0, []);
        try
        {
            var sweep = grains.GetGrain<ISweepGrain>(lease.Sweep.Value);
            var pack = await patience.RunAsync(() => sweep.BeginAsync(new PackStart(lease.Id, lease.Pack, identity.Name, identity.Environment)), LogAskFault, stopping);
            // After the renewals have begun, which are no part of the trace.
            using var trace = WorkTraces.Lease(lease, identity.Name, pack.TraceParent);
            end = await run.ExecuteAsync(sweep, pack.Jobs, signals);
            end = end with { Requeue = end.Requeue || pack.MoreWait };
        }
        finally
        {
            await ended.CancelAsync();
            await renewal;
            await patience.RunAsync(async () =>
            {
                await queue.EndAsync(lease.Id, end);
                return true;
            }, LogAskFault, stopping);
        }
    }

    /// <summary>Renews until the lease has ended, and passes on what the queue says.</summary>
    private async Task RenewAsync(IQueueGrain queue, Lease lease, LeaseSignals signals, CancellationToken ended)
    {
        while (true)
        {
            await Task.Delay(lease.RenewEvery, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested) return;
            try
            {
                var directive = await queue.RenewAsync(lease.Id);
                health.Hear(identity.Name);
                if (directive == LeaseDirective.Lost) LogLeaseLost(identity.Name, lease.Sweep, lease.Pack);
                await signals.FollowAsync(directive);
            }
            // A renewal that cannot be sent is tried again: a lease lasts several of them, and the store refuses reports if it was lost after all.
            catch (Exception e) when (Patience.IsTransient(e))
            {
                LogAskFault(e);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Worker {Worker}: a pack ended in an error")]
    private partial void LogPackFault(string worker, Exception error);

    [LoggerMessage(LogLevel.Warning, "Worker {Worker} lost the lease of pack {Pack} of {Sweep}")]
    private partial void LogLeaseLost(string worker, SweepId sweep, int pack);

    [LoggerMessage(LogLevel.Warning, "A call could not be made and is made again")]
    private partial void LogAskFault(Exception error);

    [LoggerMessage(LogLevel.Error, "This silo ({Silo}) is quarantined until {Until:u}: different jobs failed here in a row")]
    private partial void LogQuarantined(string silo, DateTimeOffset until);
}
