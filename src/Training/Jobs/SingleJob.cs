using System.Runtime.ExceptionServices;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Jobs;

/// <summary>The events of a job that a caller waits for.</summary>
internal sealed class SingleJob(Action<EpochReport> onEpoch, CancellationToken cancellation) : IJobEvents
{
    private Func<JobResult>? _end;

    public CancellationToken Cancellation => cancellation;

    /// <summary>The result, or the error, that the job ended with.</summary>
    public JobResult Result => _end!();

    public bool Begin() => true;

    public void Epoch(EpochReport report) => onEpoch(report);

    public void Complete(JobResult result) => _end = () => result;

    public void Fail(Exception error) => _end = () =>
    {
        ExceptionDispatchInfo.Throw(error);
        return null!;
    };

    public void Return(byte[]? checkpoint) => _end = () => throw (checkpoint is null
        ? new OperationCanceledException(cancellation)
        : new JobInterruptedException(checkpoint, cancellation));
}
