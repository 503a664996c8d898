using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Web.Compare;

/// <summary>The definitions of the jobs behind the complete cells of a sweep's table.</summary>
/// <param name="Jobs">The sweep's job counts when the definitions were read.</param>
/// <param name="Cells">The definitions of each complete cell whose jobs are all among the first <see cref="SweepRuns.MaxListed"/> jobs,
/// keyed by arm and data set. For an adaptive arm, these are the jobs that its cell has selected.</param>
public sealed record CellDefinitions(JobCounts Jobs, Dictionary<(string Arm, string Dataset), JobDefinition[]> Cells)
{
    /// <summary>Reads the definitions. They change only when jobs end.</summary>
    /// <param name="cluster">The reader of the page.</param>
    /// <param name="results">The sweep's current table.</param>
    /// <param name="before">The result of the previous read; null at first.</param>
    internal static async Task<CellDefinitions> ReadAsync(ClusterReader cluster, SweepResults results, CellDefinitions? before)
    {
        if (before?.Jobs == results.Jobs) return before;
        var id = new SweepId(results.Sweep);
        var runs = await cluster.Coordinator(id).RunsAsync(new JobPosition(0));
        var known = runs.Runs.ToDictionary(run => run.Job, run => run.Definition);
        return new(results.Jobs, (await cluster.Sweep(id).CellsAsync()).Where(cell => Array.TrueForAll(cell.Jobs, known.ContainsKey))
            .ToDictionary(cell => (cell.Row, cell.Dataset), cell => Array.ConvertAll(cell.Jobs, job => known[job])));
    }

    /// <summary>Returns the settings in which arms differ, on the data sets that all of them have completed.</summary>
    /// <param name="sides">Each arm, with the definitions of its sweep.</param>
    /// <returns>The settings; null if the arms have no completed data set in common.</returns>
    public static SettingDifference[]? Differences((CellDefinitions Sweep, string Arm)[] sides)
    {
        string[][] datasets = Array.ConvertAll(sides,
            side => side.Sweep.Cells.Keys.Where(cell => cell.Arm == side.Arm).Select(cell => cell.Dataset).ToArray());
        var common = datasets.Aggregate((all, one) => [.. all.Intersect(one)]);
        return common.Length == 0 ? null : SettingDifference.Of(Array.ConvertAll(sides,
            side => common.SelectMany(dataset => side.Sweep.Cells[(side.Arm, dataset)]).ToArray()));
    }

    /// <summary>
    /// Returns the settings in which the arms that two sweeps have in common differ, each with the arms that differ in this way.
    /// </summary>
    /// <param name="first">The definitions of the first sweep.</param>
    /// <param name="second">The definitions of the second sweep.</param>
    /// <returns>The settings; null if the sweeps have no completed cell in common.</returns>
    public static (SettingDifference Setting, string[] Arms)[]? Differences(CellDefinitions first, CellDefinitions second)
    {
        var arms = first.Cells.Keys.Select(cell => cell.Arm).Distinct()
            .Select(arm => (Arm: arm, Found: Differences([(first, arm), (second, arm)])))
            .Where(one => one.Found is not null).ToArray();
        return arms.Length == 0 ? null :
        [
            .. arms.SelectMany(one => one.Found!, (one, setting) => (one.Arm, Setting: setting))
                .GroupBy(one => (one.Setting.Setting, First: one.Setting.Values[0], Second: one.Setting.Values[1]))
                .Select(same => (same.First().Setting, same.Select(one => one.Arm).ToArray())),
        ];
    }
}
