using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Jobs that differ only in their seed.</summary>
/// <typeparam name="T">The type that represents a job.</typeparam>
/// <param name="Label">
/// The arm's name, such as "adapt snip T=12". If several arms have the same name, the settings in which they differ are appended, such as
/// "coop (learningRate=0.01)".
/// </param>
/// <param name="Parameters">The hyperparameters of the jobs.</param>
/// <param name="Jobs">The jobs, in the given order.</param>
public sealed record SeedGroup<T>(string Label, RunParameter[] Parameters, T[] Jobs);

/// <summary>Groups jobs by everything except their seed.</summary>
public static class SeedGroups
{
    /// <summary>Returns the groups, in the order of their first jobs.</summary>
    /// <typeparam name="T">The type that represents a job.</typeparam>
    /// <param name="jobs">The jobs, which are all on the same data set.</param>
    /// <param name="definition">A function that returns the definition of a job.</param>
    public static SeedGroup<T>[] Of<T>(IEnumerable<T> jobs, Func<T, JobDefinition> definition)
    {
        var groups = jobs.GroupBy(job => JsonSerializer.Serialize(definition(job) with { Seed = 0 }, AdaptClusterJson.Compact))
            .Select(group => (First: definition(group.First()), Jobs: group.ToArray()))
            .Select(group => new SeedGroup<T>(
                JobNames.DescribeArm(group.First), RunParameters.WithoutSeedAndDataset(group.First), group.Jobs)).ToArray();
        foreach (var same in groups.Index().GroupBy(one => one.Item.Label).Where(same => same.Count() > 1).ToArray())
            foreach (var (one, suffix) in same.Zip(RunParameters.Suffixes([.. same.Select(one => one.Item.Parameters)])))
                groups[one.Index] = one.Item with { Label = one.Item.Label + suffix };
        return groups;
    }
}
