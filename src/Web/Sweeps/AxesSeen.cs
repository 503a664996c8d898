using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Web.Sweeps;

/// <summary>A sweep's trials on one data set.</summary>
/// <param name="Total">The sweep's number of jobs.</param>
/// <param name="Jobs">The sweep's job counts at the time when the trials were read.</param>
/// <param name="Table">The trials among the first <see cref="SweepRuns.MaxListed"/> jobs.</param>
internal sealed record AxesSeen(int Total, JobCounts Jobs, TrialTable Table)
{
    /// <summary>Reads the trials, which change only when jobs end.</summary>
    /// <param name="coordinator">The grain of the sweep's table.</param>
    /// <param name="jobs">The sweep's current job counts.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="before">The result of the previous read; null at first.</param>
    public static async Task<AxesSeen> ReadAsync(ICoordinatorGrain coordinator, JobCounts jobs, string dataset, AxesSeen? before)
    {
        if (before?.Jobs == jobs) return before;
        var runs = await coordinator.RunsAsync(new JobPosition(0));
        return new(runs.Total, jobs, TrialTable.Of(runs.Runs, dataset));
    }
}
