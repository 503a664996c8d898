using System.Globalization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>A setting in which compared arms differ.</summary>
/// <param name="Setting">The setting's name, such as "learningRate".</param>
/// <param name="Values">Each arm's values, such as "1, 2, 3" for its seeds; null for an arm without the setting.</param>
public sealed record SettingDifference(string Setting, string?[] Values)
{
    /// <summary>
    /// Returns the settings in which arms differ, in the order in which they appear. The data sets' own settings are left out. If all arms
    /// have the same method, a missing setting counts as a different value, because it means the default. Otherwise it does not count,
    /// because a method does not have the settings of other methods.
    /// </summary>
    /// <param name="arms">Each arm's jobs, on the same data sets.</param>
    public static SettingDifference[] Of(JobDefinition[][] arms)
    {
        var settings = Array.ConvertAll(arms, Settings);
        var sameMethod = arms.SelectMany(jobs => jobs).Select(job => job.Method).Distinct().Count() == 1;
        string[] paths =
        [
            .. settings.SelectMany(arm => arm.Keys).Distinct().Where(path => settings.Select(arm => arm.GetValueOrDefault(path))
                .Where(value => sameMethod || value is not null).Distinct().Count() > 1),
        ];
        return [.. paths.Zip(RunParameters.ShortNames(paths), (path, name) =>
            new SettingDifference(name, Array.ConvertAll(settings, arm => arm.GetValueOrDefault(path))))];
    }

    /// <summary>Returns the values of an arm's settings, keyed by path, in the order in which they appear.</summary>
    private static OrderedDictionary<string, string> Settings(JobDefinition[] jobs)
    {
        var values = new OrderedDictionary<string, string>();
        // Evaluating the same prompts on more targets does not change the arm.
        foreach (var same in jobs.SelectMany(job => RunParameters.Of(job with { Evaluate = null })).GroupBy(one => one.Name))
        {
            if (same.Key.StartsWith("dataset.", StringComparison.Ordinal)) continue;
            values.Add(same.Key, string.Join(", ", same.Select(one => one.Text).Distinct()
                .OrderBy(Number).ThenBy(text => text, StringComparer.Ordinal)));
        }
        return values;
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}
