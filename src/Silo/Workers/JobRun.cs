using System.Threading.Channels;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Silo.Workers;

/// <summary>Runs one assigned job on a thread of its own and carries its reports to the sweep.</summary>
internal sealed class JobRun(IJobExecutor executor, TimeProvider time)
{
    /// <summary>Attempts to send one report while the store or the network is away; together about 6 seconds.</summary>
    private const int SendAttempts = 6;

    /// <summary>Runs a job to its result, its fault or its return.</summary>
    /// <returns>False when the job still has to be run.</returns>
    /// <exception cref="AdaptClusterException">A report could not be sent.</exception>
    public async Task<bool> ExecuteAsync(ISweepGrain sweep, JobAssignment job, CancellationToken cancellation)
    {
        using var jobEnds = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // A small bound: a trainer that is far ahead of its checkpoints would lose more when the process dies.
        var reports = Channel.CreateBounded<EpochReport>(4);
        var training = Task.Factory.StartNew(() => Train(job, reports.Writer, jobEnds.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await foreach (var report in reports.Reader.ReadAllAsync(CancellationToken.None))
            {
                if (await SendAsync(() => sweep.ReportEpochAsync(job.Id, job.Attempt, report), cancellation)) continue;
                await jobEnds.CancelAsync(); // Another attempt has the job, or it was cancelled.
            }
            return await EndAsync(sweep, job, await training, cancellation);
        }
        catch
        {
            // Nobody reads the reports any more: let the trainer end before the error goes up.
            await jobEnds.CancelAsync();
            while (await reports.Reader.WaitToReadAsync(CancellationToken.None)) reports.Reader.TryRead(out _);
            await training;
            throw;
        }
    }

    private Ending Train(JobAssignment job, ChannelWriter<EpochReport> reports, CancellationToken cancellation)
    {
        try
        {
            return new(executor.Run(job.Definition, job.Checkpoint, report => Post(reports, report, cancellation), cancellation), null);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new(null, null);
        }
        // The boundary of an attempt: its error is a fault of the job, and never the end of the worker.
        catch (Exception e)
        {
            return new(null, new JobFault((e is AdaptClusterException ? e.Message : $"{e.GetType().Name}: {e.Message}").ReplaceLineEndings(" "), Retry: e is not AdaptClusterException known || known.IsTransient));
        }
        finally
        {
            reports.Complete();
        }
    }

    private static void Post(ChannelWriter<EpochReport> reports, EpochReport report, CancellationToken cancellation)
    {
        while (!reports.TryWrite(report))
            if (!reports.WaitToWriteAsync(cancellation).AsTask().GetAwaiter().GetResult()) return;
    }

    private async Task<bool> EndAsync(ISweepGrain sweep, JobAssignment job, Ending ending, CancellationToken cancellation)
    {
        if (ending.Result is { } result)
        {
            await SendAsync(() => sweep.CompleteAsync(job.Id, job.Attempt, result), cancellation);
            return true;
        }
        if (ending.Fault is { } fault)
        {
            await SendAsync(async () => { await sweep.FailAsync(job.Id, job.Attempt, fault); return true; }, cancellation);
            return !fault.Retry;
        }
        await SendAsync(async () => { await sweep.ReturnAsync(job.Id, job.Attempt); return true; }, cancellation);
        return false;
    }

    /// <summary>Sends a report, again after growing pauses while the other side is away; a silo that stops has no time for that.</summary>
    private async Task<bool> SendAsync(Func<Task<bool>> send, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await send();
            }
            catch (Exception e) when (attempt < SendAttempts && !cancellation.IsCancellationRequested && e is AdaptClusterException { IsTransient: true } or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private sealed record Ending(JobResult? Result, JobFault? Fault);
}
