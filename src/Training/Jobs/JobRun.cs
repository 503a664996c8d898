using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Jobs;

/// <summary>A job to run, with its event handler.</summary>
/// <param name="Job">The job, with all defaults filled in.</param>
/// <param name="Checkpoint">The checkpoint to resume from: an <see cref="EpochReport.Checkpoint"/> of the same job, or a checkpoint that
/// <see cref="IJobEvents.Return"/> received; null to start from the beginning.</param>
/// <param name="Events">The handler of the job's events.</param>
public sealed record JobRun(JobDefinition Job, byte[]? Checkpoint, IJobEvents Events)
{
    /// <summary>
    /// The prompts that an identical job with different evaluation targets has trained; null if there are none. If prompts are set, the job
    /// evaluates them instead of training. They are ignored if there is a checkpoint or the method does not train.
    /// </summary>
    public StoredPrompts? Trained { get; init; }

    /// <summary>Whether the job only evaluates, because its method does not train or its prompts have already been trained.</summary>
    internal bool OnlyEvaluates => Job.Train is null || (Trained is not null && Checkpoint is null);

    /// <summary>Begins the job if it is still wanted; otherwise, calls <see cref="IJobEvents.Return"/>.</summary>
    internal bool Begin()
    {
        if (!Events.Cancellation.IsCancellationRequested && Events.Begin()) return true;
        Events.Return(null);
        return false;
    }
}

/// <summary>
/// Receives the events of one job, on the thread that runs it: first <see cref="Begin"/>, then its epochs, then one of <see
/// cref="Complete"/>, <see cref="Fail"/> and <see cref="Return"/>. If a handler throws an exception, the run ends for all jobs.
/// </summary>
public interface IJobEvents
{
    /// <summary>The token that stops the job before its next iteration. Other jobs continue.</summary>
    CancellationToken Cancellation { get; }

    /// <summary>Called before the job starts.</summary>
    /// <returns>Whether the job is still wanted; if not, <see cref="Return"/> is called.</returns>
    bool Begin();

    /// <summary>
    /// Called when the job makes progress: after an iteration, a decoded image or an evaluated batch. A job without these calls is
    /// considered hung.
    /// </summary>
    void Moved()
    {
    }

    /// <summary>Called when an epoch has ended.</summary>
    void Epoch(EpochReport report);

    /// <summary>Called when the job has completed with a result.</summary>
    void Complete(JobResult result);

    /// <summary>Called when the job has failed without a result.</summary>
    /// <param name="error">The error: an <see cref="Contracts.InvalidInputException"/> if the job cannot be run as specified, a
    /// <see cref="DivergedException"/>, a <see cref="CheckpointException"/>, or any other exception.</param>
    void Fail(Exception error);

    /// <summary>Called when the job is not wanted or has been cancelled.</summary>
    /// <param name="checkpoint">The state after the job's last iteration, from which it resumes bit-exactly; null if the job has made no
    /// progress since the checkpoint that it started from.</param>
    void Return(byte[]? checkpoint);
}
