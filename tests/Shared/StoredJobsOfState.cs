using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;

namespace AdaptCluster.Tests;

/// <summary>Reads jobs as most tests look at them.</summary>
internal static class StoredJobsOfState
{
    /// <summary>The first jobs of a sweep in a state, in the plan's order.</summary>
    internal static async Task<List<JobEntity>> JobsAsync(this JobTable jobs, SweepId sweep, JobState state, int limit) =>
        (await jobs.PageAsync(sweep, state, 0, limit)).Jobs;
}
