using System.Runtime.CompilerServices;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>
/// The display names of a plan's jobs. Where the method, scorer, T_target, data set and seed do not distinguish jobs, the name also
/// contains the settings that differ, such as "coop (shots=4, learningRate=0.01) · tiny-kinds · seed 1".
/// </summary>
public sealed class PlannedNames
{
    private static readonly ConditionalWeakTable<SweepPlan, PlannedNames> Known = [];
    private readonly SweepPlan _plan;

    /// <summary>
    /// For each group that shares its short name with other groups: the suffixes of all these groups, and its own index among them. They
    /// are computed on first use, because a list shows few of a large sweep's groups.
    /// </summary>
    private readonly Dictionary<int, (Lazy<string[]> Suffixes, int Index)> _same = [];

    private PlannedNames(SweepPlan plan)
    {
        _plan = plan;
        foreach (var same in Enumerable.Range(0, plan.Groups.Length)
            .GroupBy(group => JobNames.DescribeGroup(plan.Groups[group].Definition)).Where(same => same.Count() > 1))
        {
            int[] groups = [.. same];
            var suffixes = new Lazy<string[]>(() => RunParameters.Suffixes(
                Array.ConvertAll(groups, group => RunParameters.WithoutSeedAndDataset(plan.Groups[group].Definition))));
            foreach (var (index, group) in groups.Index()) _same.Add(group, (suffixes, index));
        }
    }

    /// <summary>Returns the names for a plan.</summary>
    public static PlannedNames Of(SweepPlan plan) => Known.GetValue(plan, plan => new PlannedNames(plan));

    /// <summary>Returns the name of the job at a position.</summary>
    public string Job(JobPosition position) =>
        $"{Group(_plan.GroupIndex(position))} · seed {_plan.Seeds[_plan.SeedIndex(position)]}";

    /// <summary>Returns the name for a group's jobs, without the seed.</summary>
    /// <param name="group">The group's index in <see cref="SweepPlan.Groups"/>.</param>
    public string Group(int group)
    {
        var suffix = _same.TryGetValue(group, out var same) ? same.Suffixes.Value[same.Index] : "";
        return JobNames.DescribeGroup(_plan.Groups[group].Definition, suffix);
    }
}
