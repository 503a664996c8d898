using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Plots;

/// <summary>The runs of one arm on one data set, one per seed, for figures over epochs.</summary>
/// <param name="Label">The arm.</param>
/// <param name="Dataset">The data set.</param>
/// <param name="Runs">The histories of its jobs.</param>
public sealed record ArmRuns(string Label, string Dataset, JobHistory[] Runs);
