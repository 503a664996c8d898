namespace AdaptCluster.Training.Jobs;

/// <summary>How much the jobs of a pack share. It changes how long they take, and no result.</summary>
public sealed record PackOptions
{
    /// <summary>Most jobs that train in one step. Default: 1.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>
    /// About how many bytes a step may take, the backbone left out; a lane that needs more than that trains alone. Default: no limit.
    /// </summary>
    public long StepBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// Whether the next batches, those of the next epoch among them, are decoded and augmented on other threads while a step runs: for
    /// devices that leave the processor free. Default: false.
    /// </summary>
    public bool PrepareAhead { get; init; }

    /// <summary>
    /// How many iterations' losses are read together, so that a device that works on its own need not be waited for at each step; a loss
    /// that is not finite is found as much later, and reported for its own iteration. Default: 1.
    /// </summary>
    public int UnreadLosses { get; init; } = 1;

    /// <summary>Whether jobs that differ in T_target alone are one until they part. Default: true.</summary>
    public bool ShareTrunks { get; init; } = true;
}
