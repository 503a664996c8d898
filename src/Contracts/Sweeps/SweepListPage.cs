namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A page of sweeps, newest first.</summary>
/// <param name="Total">The total number of sweeps.</param>
/// <param name="Sweeps">The sweeps on the page.</param>
[GenerateSerializer, Immutable, Alias("SweepListPage")]
public sealed record SweepListPage([property: Id(0)] int Total, [property: Id(1)] SweepSummary[] Sweeps)
{
    /// <summary>The maximum number of sweeps in one response.</summary>
    public const int MaxCount = 500;
}
