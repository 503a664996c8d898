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
            .Select(group => new SeedGroup<T>(JobNames.DescribeArm(group.First), Hyperparameters(group.First), group.Jobs)).ToArray();
        var differing = groups.GroupBy(group => group.Label).Where(same => same.Count() > 1)
            .ToDictionary(same => same.Key, same => DifferingOrLacking([.. same.Select(group => group.Parameters)]));
        return Array.ConvertAll(groups, group => differing.TryGetValue(group.Label, out var names)
            ? group with { Label = $"{group.Label} ({Settings(group.Parameters, names)})" } : group);
    }

    /// <summary>Returns the hyperparameters of a job, except the seed and the data set.</summary>
    public static RunParameter[] Hyperparameters(JobDefinition job) => Array.FindAll(RunParameters.Of(job),
        parameter => parameter.Name != "seed" && !parameter.Name.StartsWith("dataset.", StringComparison.Ordinal));

    /// <summary>Returns the names of the hyperparameters that have several values, in the order in which they appear.</summary>
    /// <param name="jobs">The hyperparameters of each job. A missing hyperparameter does not count as a different value.</param>
    public static string[] Differing(IEnumerable<RunParameter[]> jobs) =>
        [.. jobs.SelectMany(parameters => parameters).GroupBy(parameter => parameter.Name)
            .Where(same => same.Select(parameter => parameter.Text).Distinct().Count() > 1).Select(same => same.Key)];

    /// <summary>Returns the last part of a hyperparameter's path: "learningRate" of "train.learningRate".</summary>
    public static string ShortName(string path) => path[(path.LastIndexOf('.') + 1)..];

    /// <summary>
    /// Returns the names of the hyperparameters that differ between jobs of one method. Unlike in <see cref="Differing"/>, a missing
    /// hyperparameter counts as a different value, because it means the default.
    /// </summary>
    private static string[] DifferingOrLacking(RunParameter[][] jobs) =>
        [.. jobs.SelectMany(parameters => parameters).Select(parameter => parameter.Name).Distinct()
            .Where(name => jobs.Select(parameters => Value(parameters, name)).Distinct().Count() > 1)];

    private static string? Value(RunParameter[] parameters, string name) => Array.Find(parameters, one => one.Name == name)?.Text;

    private static string Settings(RunParameter[] parameters, string[] names) =>
        string.Join(", ", names.Select(name => $"{ShortName(name)}={Value(parameters, name) ?? "default"}"));
}
