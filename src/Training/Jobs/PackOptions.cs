namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The options that determine how much the jobs of a pack share. They affect how long the jobs take, but not their results.
/// </summary>
public sealed record PackOptions
{
    /// <summary>The maximum number of jobs that train in one step. Default: 1.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>
    /// The approximate limit on the memory of a step in bytes, excluding the backbone. A lane that needs more memory trains in a separate
    /// step. Default: no limit.
    /// </summary>
    public long StepBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// Whether other threads decode and augment the next batches, including those of the next epoch, while a step runs. This helps on
    /// devices that leave the CPU free. Default: false.
    /// </summary>
    public bool PrepareAhead { get; init; }

    /// <summary>
    /// The number of iterations whose losses are read together, so that the CPU does not wait for an asynchronous device at each step. A
    /// loss that is not finite is detected up to that many iterations later, but reported for the iteration at which it occurred. Default:
    /// 1.
    /// </summary>
    public int UnreadLosses { get; init; } = 1;

    /// <summary>Whether jobs that differ only in T_target are trained as one job until they diverge. Default: true.</summary>
    public bool ShareTrunks { get; init; } = true;
}
