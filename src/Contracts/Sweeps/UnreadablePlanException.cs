namespace AdaptCluster.Contracts.Sweeps;

/// <summary>Thrown when this version of the program cannot read the plan of a stored sweep. Other sweeps are not affected.</summary>
/// <param name="sweep">The sweep.</param>
/// <param name="found">A description of the problem, on one line.</param>
[GenerateSerializer, Alias("UnreadablePlanException")]
public sealed class UnreadablePlanException(SweepId sweep, string found)
    : AdaptClusterException(
        $"the plan of sweep {sweep} cannot be read by this version of AdaptCluster ({found}); use the version that "
        + "submitted the sweep, or a newer version.")
{
    /// <summary>The sweep.</summary>
    [Id(0)] public SweepId Sweep { get; } = sweep;

    /// <summary>A description of the problem, on one line.</summary>
    [Id(1)] public string Found { get; } = found;
}
