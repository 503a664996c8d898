using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Plots;

/// <summary>The runs of one arm on one data set, with one run per seed, for figures over epochs.</summary>
/// <param name="Label">The arm's name.</param>
/// <param name="Dataset">The data set.</param>
/// <param name="Runs">The histories of the arm's jobs, one per seed.</param>
public sealed record ArmRuns(string Label, string Dataset, JobHistory[] Runs);
