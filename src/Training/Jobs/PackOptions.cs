namespace AdaptCluster.Training.Jobs;

/// <summary>How much the jobs of a pack share. This changes how long they take, but not their results.</summary>
public sealed record PackOptions
{
    /// <summary>Maximum number of jobs that train in one step. Default: 1.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>
    /// Approximate limit on the bytes of a step, without the backbone; a lane that needs more trains alone. Default: no limit.
    /// </summary>
    public long StepBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// Whether other threads decode and augment the next batches, including those of the next epoch, while a step runs. Useful for devices
    /// that leave the CPU free. Default: false.
    /// </summary>
    public bool PrepareAhead { get; init; }

    /// <summary>
    /// The number of iterations whose losses are read together, so that the CPU need not wait for an asynchronous device at each step. A
    /// loss that is not finite is detected that much later, but reported for its own iteration. Default: 1.
    /// </summary>
    public int UnreadLosses { get; init; } = 1;

    /// <summary>Whether jobs that differ only in T_target are trained as one until they diverge. Default: true.</summary>
    public bool ShareTrunks { get; init; } = true;
}
