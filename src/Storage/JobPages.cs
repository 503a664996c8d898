using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage;

/// <summary>Finds the jobs of a sweep that match a query. Only the jobs on one page are read in full.</summary>
internal static class JobPages
{
    /// <summary>Returns a page of jobs.</summary>
    /// <param name="jobs">The store's jobs.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="query">The query.</param>
    /// <exception cref="InvalidInputException">The page starts before the first job, or is empty or too large.</exception>
    public static async Task<JobPage> FindAsync(JobTable jobs, SweepId sweep, SweepPlan plan, JobQuery query)
    {
        if (query.Count is < 1 or > JobQuery.MaxCount)
            throw new InvalidInputException($"count: found {query.Count}; write 1 to {JobQuery.MaxCount}.");
        if (query.From < 0) throw new InvalidInputException($"from: found {query.From}; write 0 or more.");
        var fitting = JobFilter.Positions(plan, query);
        if (query.State is { } only && fitting is null && !query.LongestFirst)
        {
            var (found, page) = await jobs.PageAsync(sweep, only, query.From, query.Count);
            return new JobPage(found, [.. page.Select(row => TrackedJob.Row(row, plan))]);
        }
        if (query.State is { } state)
        {
            var known = await jobs.PositionsAsync(sweep, state);
            fitting = fitting is null ? known : [.. known.Intersect(fitting)];
        }
        fitting = WithFirst(await FirstAsync(jobs, sweep, query), fitting, plan);
        var total = fitting?.Count ?? plan.JobCount;
        var wanted = Enumerable.Range(query.From, Math.Clamp(total - query.From, 0, query.Count))
            .Select(index => fitting is null ? new(index) : fitting[index]).ToArray();
        var rows = (await jobs.JobsAtAsync(sweep, wanted)).ToDictionary(row => row.Position);
        return new JobPage(total, [.. wanted.Where(position => rows.ContainsKey(position.Value))
            .Select(position => TrackedJob.Row(rows[position.Value], plan))]);
    }

    /// <summary>Returns the jobs that the query lists before all others, in their order.</summary>
    private static async Task<IReadOnlyList<JobPosition>> FirstAsync(JobTable jobs, SweepId sweep, JobQuery query) => query switch
    {
        { LongestFirst: true } => await jobs.LongestFirstAsync(sweep),
        { FailedFirst: true, State: null } => await jobs.PositionsAsync(sweep, JobState.Failed),
        _ => [],
    };

    /// <summary>Moves some jobs to the front; null stands for all jobs of the plan, in its order.</summary>
    private static IReadOnlyList<JobPosition>? WithFirst(IReadOnlyList<JobPosition> first, IReadOnlyList<JobPosition>? fitting,
        SweepPlan plan)
    {
        if (first.Count == 0) return fitting;
        var all = (fitting ?? [.. plan.Positions]).ToHashSet();
        JobPosition[] front = [.. first.Where(all.Contains)];
        all.ExceptWith(front);
        return [.. front, .. (fitting ?? [.. plan.Positions]).Where(all.Contains)];
    }
}
