using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Workers;

/// <summary>The identity of a worker.</summary>
/// <param name="Silo">The name of the worker's silo.</param>
/// <param name="Name">The name of the worker in attempts and logs.</param>
/// <param name="Pool">The pool whose queue the worker serves.</param>
/// <param name="Environment">The environment that the worker's jobs run in.</param>
/// <param name="Offer">The trainer versions and precisions that the worker can run, and its device.</param>
internal sealed record WorkerIdentity(string Silo, string Name, string Pool, RunEnvironment Environment, WorkerOffer Offer);

/// <summary>
/// Owns one device or a share of the CPU. Whenever it is free, it asks the queue for a pack and runs the pack's jobs. When the silo stops,
/// it hands back unfinished jobs. All its calls are safe to repeat, so a lost response does no harm. If jobs do not stop when they must,
/// their thread is considered hung: the worker takes no more work, and its silo shuts down.
/// </summary>
internal sealed partial class Worker(
    WorkerIdentity identity, SiloSettings settings, IWorkerGrains grains, PackRun run, RetryPolicy retry, WorkerHealth health,
    WorkerInstruments instruments, TimeProvider time, ILogger<Worker> logger)
    : BackgroundService
{
    private static readonly TimeSpan ShortestIdle = TimeSpan.FromMilliseconds(100), LongestIdle = TimeSpan.FromSeconds(2),
        LongestQuarantineWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FaultDelay = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The delay after leasing a pack that was planned for a different trainer version: several times the polling interval of an idle
    /// worker.
    /// </summary>
    private static readonly TimeSpan OtherTrainerDelay = TimeSpan.FromSeconds(20);

    /// <summary>The number of grain errors, not counting store outages, after which the worker stops trying to begin a pack.</summary>
    private const int MaxBeginFaults = 3;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Without this, the host's start would wait for the first synchronous part.
        await Task.Yield();
        health.Starts();
        try
        {
            await WorkAsync(grains.Queue(identity.Pool), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops between two leases.
        }
        finally
        {
            health.Leaves();
        }
    }

    private async Task WorkAsync(IQueueGrain queue, CancellationToken stopping)
    {
        var idle = ShortestIdle;
        while (!stopping.IsCancellationRequested && health.Hung is null)
        {
            try
            {
                await grains.ReadyAsync(stopping);
                var id = LeaseId.New();
                var answer = await retry.RunAsync(() =>
                    queue.LeaseAsync(identity.Silo, identity.Name, id, identity.Offer), (error, pause) =>
                        LogNotAsked(identity.Name, identity.Pool, ReasonText.Of(error), pause.TotalSeconds), stopping);
                health.RecordAnswer(identity.Name);
                if (answer.Lease is { } lease)
                {
                    idle = ShortestIdle;
                    await RunPackAsync(queue, lease, stopping);
                    // A queue of version 0.1.0 does not ask what a worker can run. During the delay, workers that can run the pack may get
                    // it.
                    if (!IsOurs(lease)) await Task.Delay(Jitter.Of(OtherTrainerDelay), time, stopping);
                    continue;
                }
                // Idle workers ask less often, so that thousands of them do not overload the queue; a new pack waits at most two seconds.
                idle = idle * 1.5 > LongestIdle ? LongestIdle : idle * 1.5;
                await Task.Delay(answer.QuarantinedUntil is { } until ? Quarantined(until, answer.QuarantinedFor)
                    : Jitter.Of(idle), time, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            // The worker survives every error of a pack. The lease has been handed back or will expire.
            catch (Exception e)
            {
                if (stopping.IsCancellationRequested) return;
                LogPackFault(identity.Name, FaultDelay.TotalSeconds, e);
                health.Report(e as AdaptClusterException ?? new AdaptClusterException($"worker {identity.Name} failed: {e.Message}", e));
                await Task.Delay(FaultDelay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private TimeSpan Quarantined(DateTimeOffset until, TimeSpan? left)
    {
        health.Quarantine(until);
        // A queue of version 0.1.0 sends only the end time, by its own clock.
        var wait = left ?? until - time.GetUtcNow();
        wait = wait < ShortestIdle ? ShortestIdle : wait > LongestQuarantineWait ? LongestQuarantineWait : wait;
        LogQuarantined(identity.Silo, until, identity.Name, wait.TotalSeconds);
        return wait;
    }

    private async Task RunPackAsync(IQueueGrain queue, Lease lease, CancellationToken stopping)
    {
        using var signals = new LeaseSignals(stopping);
        using var ended = new CancellationTokenSource();
        var progress = new TrainingProgress(instruments.Moved);
        var renewal = new LeaseKeeper(queue, lease, identity.Name, signals, progress, health, time, logger).RunAsync(ended.Token);
        var end = new LeaseEnd(Requeue: true, 0, []) { Unbegun = true };
        try
        {
            if (!IsOurs(lease))
            {
                LogOtherTrainer(identity.Name, TrainerVersion.Current, lease.Pack.Value, lease.Sweep.Value,
                    TrainerVersion.Of(lease.Trainer));
                return;
            }
            var sweep = grains.Sweep(lease.Sweep);
            var pack = await BeginAsync(sweep, lease, signals, progress, fault => end = end with { BeginFault = fault }, stopping);
            end = end with { Unbegun = false };
            // Started after the renewals, so that they are not part of the trace.
            using var trace = WorkTraces.Lease(lease, identity.Name, pack.TraceParent);
            if (await RunOrHangAsync(run.Start(sweep, pack.Jobs, signals, progress, stopping), signals, progress, lease) is not { } done)
                return;
            if (done.Unfit is { } reason) LogUnfit(identity.Silo, lease.Pack.Value, lease.Sweep.Value, reason.TrimEnd('.'));
            end = done with { Requeue = done.Requeue || pack.MoreWait };
        }
        finally
        {
            await ended.CancelAsync();
            await renewal;
            var said = end with
            {
                Sweep = lease.Sweep,
                Pack = lease.Pack,
                Leaves = stopping.IsCancellationRequested || health.Hung is not null,
            };
            await retry.RunAsync(async () =>
            {
                await queue.EndAsync(lease.Id, said);
                return true;
            }, (error, pause) => LogNotReturned(
                identity.Name, lease.Pack.Value, lease.Sweep.Value, ReasonText.Of(error), pause.TotalSeconds), stopping);
        }
    }

    /// <summary>
    /// Whether a lease is for this trainer version. A different version would compute results that do not match the job ids.
    /// </summary>
    private static bool IsOurs(Lease lease) => TrainerVersion.Of(lease.Trainer) == TrainerVersion.Current;

    private async Task<PackAssignment> BeginAsync(ISweepGrain sweep, Lease lease, LeaseSignals signals, TrainingProgress progress,
        Action<string> onFault, CancellationToken stopping)
    {
        var faults = 0;
        var start = new PackStart(lease.Id, lease.Pack, identity.Name, identity.Environment, TrainerVersion.Current, lease.Parts);
        try
        {
            return await retry.RunAsync(() => progress.DuringAsync(sweep.BeginAsync(start)), (error, pause) =>
            {
                LogNotBegun(identity.Name, lease.Pack.Value, lease.Sweep.Value, ReasonText.Of(error), pause.TotalSeconds);
                // A store outage does not count as a stall of this worker.
                progress.Move();
            }, stopping, gives: error => signals.Stop.IsCancellationRequested
                || (error is GrainFaultException && ++faults >= MaxBeginFaults));
        }
        // A lease that was lost or stopped meanwhile is handed back without reporting a fault.
        catch (Exception e) when (!signals.Stop.IsCancellationRequested)
        {
            onFault(e.Message);
            throw;
        }
    }

    /// <summary>
    /// Waits for a pack's jobs. If the jobs must stop but their thread makes no progress, the thread is abandoned. Unsent reports do not
    /// count as a hang.
    /// </summary>
    /// <returns>The lease's outcome; null if the thread hangs.</returns>
    private async Task<LeaseEnd?> RunOrHangAsync(RunningPack pack, LeaseSignals signals, TrainingProgress progress, Lease lease)
    {
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, time, signals.Stop)
            .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await Task.WhenAny(pack.Ended, stopped);
        for (var seen = -1L; !pack.Training.IsCompleted;)
        {
            if (progress.Count == seen)
            {
                LogHangs(identity.Name, lease.Pack.Value, lease.Sweep.Value, settings.StopWithin.TotalSeconds, identity.Silo);
                health.Hang(
                    $"worker {identity.Name} hangs: its jobs (pack {lease.Pack} of {lease.Sweep}) did not stop within "
                    + $"{settings.StopWithin.TotalSeconds:0.#} s; the silo takes no more work and shuts down. "
                    + "Check for a GPU, driver or file system that does not respond.");
                pack.Ended.Ignore();
                return null;
            }
            seen = progress.Count;
            await Task.WhenAny(pack.Training, Task.Delay(settings.StopWithin, time, CancellationToken.None));
        }
        return await pack.Ended;
    }

    [LoggerMessage(
        LogLevel.Error, "Worker {Worker} failed; its pack is queued again, and the worker asks for the next one in {Seconds:0.#} s")]
    private partial void LogPackFault(string worker, double seconds, Exception error);

    [LoggerMessage(
        LogLevel.Warning,
        "Worker {Worker} could not ask the queue of pool '{Pool}' for a pack ({Reason}); retrying in {Seconds:0.#} s")]
    private partial void LogNotAsked(string worker, string pool, string reason, double seconds);

    [LoggerMessage(
        LogLevel.Warning, "Worker {Worker} could not begin pack {Pack} of {Sweep} ({Reason}); retrying in {Seconds:0.#} s")]
    private partial void LogNotBegun(string worker, int pack, string sweep, string reason, double seconds);

    [LoggerMessage(
        LogLevel.Warning,
        "Worker {Worker} could not report to the queue that its lease on pack {Pack} of {Sweep} has ended ({Reason}); "
        + "retrying in {Seconds:0.#} s")]
    private partial void LogNotReturned(string worker, int pack, string sweep, string reason, double seconds);

    [LoggerMessage(
        LogLevel.Error,
        "Silo {Silo} is quarantined until {Until:u}, because several different jobs in a row failed on it; worker {Worker} asks for "
        + "a pack again in {Seconds:0.#} s")]
    private partial void LogQuarantined(string silo, DateTimeOffset until, string worker, double seconds);

    [LoggerMessage(
        LogLevel.Warning,
        "Worker {Worker} runs trainer version {Found}, but pack {Pack} of {Sweep} is planned for version {Expected}; the pack is handed "
        + "back")]
    private partial void LogOtherTrainer(string worker, int found, int pack, string sweep, int expected);

    [LoggerMessage(
        LogLevel.Error, "Silo {Silo} cannot run pack {Pack} of {Sweep} ({Reason}); the pack is handed back for other silos")]
    private partial void LogUnfit(string silo, int pack, string sweep, string reason);

    [LoggerMessage(
        LogLevel.Critical,
        "Worker {Worker} hangs: the jobs of pack {Pack} of {Sweep} did not stop within {Seconds:0.#} s; silo {Silo} takes no more work "
        + "and shuts down")]
    private partial void LogHangs(string worker, int pack, string sweep, double seconds, string silo);
}
