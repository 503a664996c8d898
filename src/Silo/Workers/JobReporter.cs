using System.Diagnostics;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Silo.Telemetry;
using AdaptCluster.Training.Jobs;

namespace AdaptCluster.Silo.Workers;

/// <summary>Turns the trainer's events for one attempt into reports, trace activities and the lanes-in-use metric.</summary>
internal sealed class JobReporter(JobAssignment job, PackReports reports, TrainingProgress progress, WorkerInstruments instruments,
    CancellationToken stop) : IJobEvents, IDisposable
{
    private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private Activity? _trace;
    private bool _began;

    public CancellationToken Cancellation => _cancellation.Token;

    public bool Begin()
    {
        if (reports.Draining) return false;
        instruments.Begin();
        _began = true;
        // Several jobs run side by side on this thread, so none of them may remain the current activity.
        var lease = Activity.Current;
        _trace = WorkTraces.Job(job);
        Activity.Current = lease;
        return true;
    }

    public void Moved() => progress.Move();

    public void Epoch(EpochReport report)
    {
        var lease = Activity.Current;
        Activity.Current = _trace ?? lease;
        WorkTraces.Epoch(report);
        Activity.Current = lease;
        reports.Post(job, JobReport.EpochDone(job.Position, job.Attempt, report));
    }

    public void Complete(JobResult result) => End(JobReport.Completed(job.Position, job.Attempt, result));

    public void Fail(Exception error)
    {
        var text = error is AdaptClusterException ? error.Message : $"{error.GetType().Name}: {error.Message}";
        var retry = error is not AdaptClusterException known || known.IsTransient;
        End(JobReport.Failed(job.Position, job.Attempt, new JobFault(
            text.ReplaceLineEndings(" "), retry, DropCheckpoint: error is CheckpointException, Unfit: error is UnfitSiloException)));
    }

    public void Return(byte[]? checkpoint) => End(JobReport.Returned(job.Position, job.Attempt, checkpoint));

    /// <summary>Stops the attempt before its next iteration.</summary>
    internal void Cancel() => _cancellation.Cancel();

    public void Dispose()
    {
        _trace?.Dispose();
        _cancellation.Dispose();
    }

    private void End(JobReport report)
    {
        if (_began) instruments.End();
        _began = false;
        WorkTraces.End(_trace, report);
        _trace?.Dispose();
        _trace = null;
        reports.Post(job, report);
    }
}
