using System.Runtime.ExceptionServices;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Jobs;

/// <summary>Handles the events of a single job whose caller waits for the result.</summary>
internal sealed class SingleJob(Action<EpochReport> onEpoch, CancellationToken cancellation) : IJobEvents
{
    private Func<JobResult>? _end;

    public CancellationToken Cancellation => cancellation;

    /// <summary>The job's result. If the job ended with an error, the getter throws that error.</summary>
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
