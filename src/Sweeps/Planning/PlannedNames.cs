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

    /// <summary>The differing settings for each group that shares its short name with other groups.</summary>
    private readonly Dictionary<int, string> _settings = [];

    private PlannedNames(SweepPlan plan)
    {
        _plan = plan;
        foreach (var same in Enumerable.Range(0, plan.Groups.Length)
            .GroupBy(group => JobNames.DescribeGroup(plan.Groups[group].Definition)).Where(same => same.Count() > 1))
        {
            RunParameter[][] parameters = [.. same.Select(group => RunParameters.WithoutSeedAndDataset(plan.Groups[group].Definition))];
            var names = RunParameters.Distinguishing(parameters);
            foreach (var (group, own) in same.Zip(parameters))
                if (names.Length > 0) _settings.Add(group, RunParameters.Describe(own, names));
        }
    }

    /// <summary>Returns the names for a plan.</summary>
    public static PlannedNames Of(SweepPlan plan) => Known.GetValue(plan, plan => new PlannedNames(plan));

    /// <summary>Returns the name of the job at a position.</summary>
    public string Job(JobPosition position) =>
        $"{Group(_plan.GroupIndex(position))} · seed {_plan.Seeds[_plan.SeedIndex(position)]}";

    /// <summary>Returns the name for a group's jobs, without the seed.</summary>
    /// <param name="group">The group's index in <see cref="SweepPlan.Groups"/>.</param>
    public string Group(int group) =>
        JobNames.DescribeGroup(_plan.Groups[group].Definition, _settings.TryGetValue(group, out var settings) ? $" ({settings})" : "");
}
