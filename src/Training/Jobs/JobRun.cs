using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Jobs;

/// <summary>A job to run, and who hears of it.</summary>
/// <param name="Job">The job, every default written out.</param>
/// <param name="Checkpoint">An <see cref="EpochReport.Checkpoint"/> of the same job, or what <see cref="IJobEvents.Return"/> gave, to go on
/// from; null to start.</param>
/// <param name="Events">Who hears of it.</param>
public sealed record JobRun(JobDefinition Job, byte[]? Checkpoint, IJobEvents Events)
{
    /// <summary>Begins the job if it is wanted still, else returns it.</summary>
    internal bool Begin()
    {
        if (!Events.Cancellation.IsCancellationRequested && Events.Begin()) return true;
        Events.Return(null);
        return false;
    }
}

/// <summary>
/// Hears of one job, on the thread that runs it: first <see cref="Begin"/>, then its epochs, then one of <see cref="Complete"/>,
/// <see cref="Fail"/> and <see cref="Return"/>. What it throws ends the run of all jobs.
/// </summary>
public interface IJobEvents
{
    /// <summary>Ends the job before its next iteration; the others go on.</summary>
    CancellationToken Cancellation { get; }

    /// <summary>Asked before the job is started.</summary>
    /// <returns>Whether it is still wanted; if not, it is returned.</returns>
    bool Begin();

    /// <summary>
    /// The job got on by an iteration, a decoded image or an evaluated batch: one whose thread hangs is known by its silence.
    /// </summary>
    void Moved()
    {
    }

    /// <summary>An epoch ended.</summary>
    void Epoch(EpochReport report);

    /// <summary>The job found its result.</summary>
    void Complete(JobResult result);

    /// <summary>The job ended without a result.</summary>
    /// <param name="error">An <see cref="Contracts.InvalidInputException"/> where the job cannot be run as it is, a
    /// <see cref="DivergedException"/>, a <see cref="CheckpointException"/>, or whatever else went wrong.</param>
    void Fail(Exception error);

    /// <summary>The job was not wanted or was cancelled.</summary>
    /// <param name="checkpoint">The state after its last iteration, from which it goes on bit for bit as if it had never stopped; null
    /// where there is none but the one that it came with.</param>
    void Return(byte[]? checkpoint);
}
