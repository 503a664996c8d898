namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The state of a sweep. Values are part of the wire contract and of the store.</summary>
public enum SweepState
{
    /// <summary>Some jobs are waiting or training.</summary>
    Running = 0,

    /// <summary>Every job has a result.</summary>
    Completed = 1,

    /// <summary>No job is waiting or training, and at least one has failed.</summary>
    Failed = 2,

    /// <summary>The sweep was cancelled; finished jobs keep their results.</summary>
    Cancelled = 3,

    /// <summary>The process that ran the sweep has ended; submitting the same file again resumes the sweep.</summary>
    Interrupted = 4,

    /// <summary>The sweep's packs are not leased until it is resumed.</summary>
    Paused = 5,

    /// <summary>The sweep was cancelled, but the end of some leases has not been confirmed yet.</summary>
    Cancelling = 6,
}

/// <summary>The state of a job. Values are part of the wire contract and of the store.</summary>
public enum JobState
{
    /// <summary>The job is waiting for a worker.</summary>
    Queued = 0,

    /// <summary>A worker is training the job.</summary>
    Running = 1,

    /// <summary>The job has a result.</summary>
    Completed = 2,

    /// <summary>The job failed and will not be retried automatically.</summary>
    Failed = 3,

    /// <summary>The sweep was cancelled before the job had a result.</summary>
    Cancelled = 4,
}

/// <summary>The outcome of an attempt. Values are part of the store.</summary>
public enum AttemptOutcome
{
    /// <summary>The attempt has not ended.</summary>
    Open = 0,

    /// <summary>The attempt produced the job's result.</summary>
    Completed = 1,

    /// <summary>The attempt ended with an error.</summary>
    Failed = 2,

    /// <summary>The worker handed the job back intact (drain, pause or cancellation).</summary>
    Returned = 3,

    /// <summary>The worker was lost; the next attempt took over the job.</summary>
    Lost = 4,

    /// <summary>
    /// The silo lacks something that the job needs. Another silo gets the job, and the attempt does not count towards the retry limit.
    /// </summary>
    Unfit = 5,
}
