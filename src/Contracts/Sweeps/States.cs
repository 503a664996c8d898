namespace AdaptCluster.Contracts.Sweeps;

/// <summary>Where a sweep stands. Values are part of the wire contract and of the store.</summary>
public enum SweepState
{
    /// <summary>Some job waits or trains.</summary>
    Running = 0,

    /// <summary>Every job has a result.</summary>
    Completed = 1,

    /// <summary>No job waits or trains, and at least one has failed.</summary>
    Failed = 2,

    /// <summary>The user stopped it; finished jobs keep their results.</summary>
    Cancelled = 3,

    /// <summary>The process that ran it is gone; submitting the same file again goes on.</summary>
    Interrupted = 4,

    /// <summary>Nothing of it is leased until it is resumed.</summary>
    Paused = 5,

    /// <summary>The user stopped it, and some lease has not confirmed yet.</summary>
    Cancelling = 6,
}

/// <summary>Where a job stands. Values are part of the wire contract and of the store.</summary>
public enum JobState
{
    /// <summary>Waits for a worker.</summary>
    Queued = 0,

    /// <summary>A worker trains it.</summary>
    Running = 1,

    /// <summary>It has a result.</summary>
    Completed = 2,

    /// <summary>It was given up.</summary>
    Failed = 3,

    /// <summary>Its sweep was cancelled before it had a result.</summary>
    Cancelled = 4,
}

/// <summary>How an attempt ended. Values are part of the store.</summary>
public enum AttemptOutcome
{
    /// <summary>It has not ended.</summary>
    Open = 0,

    /// <summary>It brought the job's result.</summary>
    Completed = 1,

    /// <summary>It ended in an error.</summary>
    Failed = 2,

    /// <summary>The worker handed it back unharmed (drain, pause or cancellation).</summary>
    Returned = 3,

    /// <summary>The worker was lost; the next attempt took over.</summary>
    Lost = 4,

    /// <summary>Its silo lacks what the job needs; another one takes it, and it costs the job no try.</summary>
    Unfit = 5,
}
