namespace AdaptCluster.Contracts.Sweeps;

/// <summary>Some of the sweeps, newest first.</summary>
/// <param name="Total">How many sweeps there are.</param>
/// <param name="Sweeps">Those that were asked for.</param>
[GenerateSerializer, Immutable, Alias("SweepListPage")]
public sealed record SweepListPage([property: Id(0)] int Total, [property: Id(1)] SweepSummary[] Sweeps)
{
    /// <summary>Most sweeps of one answer.</summary>
    public const int MaxCount = 500;
}
