using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>
/// Evaluates the conditions of a <see cref="JobQuery"/> that need only the plan. The plan is in memory, so no job is read from the store.
/// </summary>
public static class JobFilter
{
    /// <summary>
    /// Returns the positions of the jobs whose data set, method and description match, in the plan's order; null if the query has no such
    /// conditions.
    /// </summary>
    public static IReadOnlyList<JobPosition>? Positions(SweepPlan plan, JobQuery query)
    {
        if (query is { Dataset: null, Method: null, Pruning: false, Text: null or "" }) return null;
        var names = query.Text is null or "" ? null : PlannedNames.Of(plan);
        var positions = new List<JobPosition>();
        for (var group = 0; group < plan.Groups.Length; group++)
        {
            var definition = plan.Groups[group].Definition;
            if (query.Dataset is { } dataset && definition.Dataset.Name != dataset
                || query.Method is { } method && definition.Method != method
                || query.Pruning && definition.Pruning is null) continue;
            for (var seed = 0; seed < plan.Seeds.Length; seed++)
            {
                var position = plan.At(group, seed);
                if (names?.Job(position).Contains(query.Text!, StringComparison.OrdinalIgnoreCase) ?? true) positions.Add(position);
            }
        }
        return positions;
    }
}
