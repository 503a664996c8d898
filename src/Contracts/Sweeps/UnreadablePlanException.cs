namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The plan of a stored sweep cannot be read by this version of the program. Other sweeps are not affected.</summary>
/// <param name="sweep">The sweep.</param>
/// <param name="found">What was found instead, on one line.</param>
[GenerateSerializer, Alias("UnreadablePlanException")]
public sealed class UnreadablePlanException(SweepId sweep, string found)
    : AdaptClusterException(
        $"the plan of sweep {sweep} cannot be read by this version of AdaptCluster ({found}); use the version that "
        + "submitted it, or a newer one.")
{
    /// <summary>The sweep.</summary>
    [Id(0)] public SweepId Sweep { get; } = sweep;

    /// <summary>What was found instead, on one line.</summary>
    [Id(1)] public string Found { get; } = found;
}
