using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Results;

/// <summary>Mean and sample standard deviation.</summary>
internal static class Statistics
{
    /// <summary>The mean of the runs and their standard deviation with n - 1; null where they are not defined.</summary>
    public static Accuracy Of(double[] runs)
    {
        if (runs.Length == 0) return new Accuracy { Runs = runs };
        var mean = runs.Average();
        var std = runs.Length < 2 ? (double?)null : Math.Sqrt(runs.Sum(run => (run - mean) * (run - mean)) / (runs.Length - 1));
        return new Accuracy { Mean = mean, Std = std, Runs = runs };
    }
}
