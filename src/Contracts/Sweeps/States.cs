namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The state of a sweep. Values are part of the wire contract and of the store.</summary>
public enum SweepState
{
    /// <summary>Some jobs wait or train.</summary>
    Running = 0,

    /// <summary>Every job has a result.</summary>
    Completed = 1,

    /// <summary>No job waits or trains, and at least one failed.</summary>
    Failed = 2,

    /// <summary>The user cancelled it; finished jobs keep their results.</summary>
    Cancelled = 3,

    /// <summary>The process that ran it has ended; submitting the same file again resumes it.</summary>
    Interrupted = 4,

    /// <summary>None of its packs is leased until it is resumed.</summary>
    Paused = 5,

    /// <summary>The user cancelled it, and the end of some leases is not confirmed yet.</summary>
    Cancelling = 6,
}

/// <summary>The state of a job. Values are part of the wire contract and of the store.</summary>
public enum JobState
{
    /// <summary>It waits for a worker.</summary>
    Queued = 0,

    /// <summary>A worker trains it.</summary>
    Running = 1,

    /// <summary>It has a result.</summary>
    Completed = 2,

    /// <summary>It failed and will not be retried automatically.</summary>
    Failed = 3,

    /// <summary>Its sweep was cancelled before it had a result.</summary>
    Cancelled = 4,
}

/// <summary>How an attempt ended. Values are part of the store.</summary>
public enum AttemptOutcome
{
    /// <summary>It has not ended.</summary>
    Open = 0,

    /// <summary>It gave the job's result.</summary>
    Completed = 1,

    /// <summary>It ended with an error.</summary>
    Failed = 2,

    /// <summary>The worker handed it back unharmed (drain, pause or cancellation).</summary>
    Returned = 3,

    /// <summary>The worker was lost; the next attempt took over.</summary>
    Lost = 4,

    /// <summary>The silo lacks what the job needs. Another silo gets the job, and the attempt does not count as a try.</summary>
    Unfit = 5,
}
