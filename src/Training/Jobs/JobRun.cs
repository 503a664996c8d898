using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Jobs;

/// <summary>A job to run, and its event handler.</summary>
/// <param name="Job">The job, with all defaults written out.</param>
/// <param name="Checkpoint">The checkpoint to resume from: an <see cref="EpochReport.Checkpoint"/> of the same job, or what
/// <see cref="IJobEvents.Return"/> received; null to start from the beginning.</param>
/// <param name="Events">Receives the job's events.</param>
public sealed record JobRun(JobDefinition Job, byte[]? Checkpoint, IJobEvents Events)
{
    /// <summary>
    /// The prompts that an identical job with other targets has trained: the job only evaluates them. Null to train. Ignored if there is a
    /// checkpoint, and by methods without training.
    /// </summary>
    public StoredPrompts? Trained { get; init; }

    /// <summary>Whether the job runs no iteration: its method trains nothing, or its prompts are trained already.</summary>
    internal bool OnlyEvaluates => Job.Train is null || (Trained is not null && Checkpoint is null);

    /// <summary>Begins the job if it is still wanted; otherwise returns it.</summary>
    internal bool Begin()
    {
        if (!Events.Cancellation.IsCancellationRequested && Events.Begin()) return true;
        Events.Return(null);
        return false;
    }
}

/// <summary>
/// Receives the events of one job, on the thread that runs it: first <see cref="Begin"/>, then its epochs, then one of
/// <see cref="Complete"/>, <see cref="Fail"/> and <see cref="Return"/>. An exception from a handler ends the run of all jobs.
/// </summary>
public interface IJobEvents
{
    /// <summary>Stops the job before its next iteration; other jobs continue.</summary>
    CancellationToken Cancellation { get; }

    /// <summary>Called before the job starts.</summary>
    /// <returns>Whether the job is still wanted; if not, it is returned.</returns>
    bool Begin();

    /// <summary>
    /// The job made progress: an iteration, a decoded image or an evaluated batch. A job without such calls has a hung thread.
    /// </summary>
    void Moved()
    {
    }

    /// <summary>An epoch ended.</summary>
    void Epoch(EpochReport report);

    /// <summary>The job completed with a result.</summary>
    void Complete(JobResult result);

    /// <summary>The job failed without a result.</summary>
    /// <param name="error">An <see cref="Contracts.InvalidInputException"/> if the job cannot be run as specified, a
    /// <see cref="DivergedException"/>, a <see cref="CheckpointException"/>, or any other error.</param>
    void Fail(Exception error);

    /// <summary>The job was not wanted or was cancelled.</summary>
    /// <param name="checkpoint">The state after its last iteration, from which it resumes bit-exactly; null if there is none besides the
    /// one that it started from.</param>
    void Return(byte[]? checkpoint);
}
