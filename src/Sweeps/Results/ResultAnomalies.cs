using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Sweeps.Results;

/// <summary>
/// Finds anomalies in results: a seed far from the others, two seeds that end with the same loss, a trained cell below zero-shot, and masks
/// that grew during training. Anomalous results are flagged with a reason but never excluded. Rows not computed in float32 are also noted.
/// </summary>
public sealed class ResultAnomalies
{
    /// <summary>The minimum distance of an outlier from the median of its cell's runs, in percentage points.</summary>
    public const double OutlierPoints = 10;

    /// <summary>The maximum number of anomalies that get a note; all are flagged.</summary>
    private const int MaxNotes = 100;

    private const string Outlier = "seed-outlier", Equal = "equal-seeds", BelowZeroShot = "below-zero-shot", MaskGrew = "mask-grew";

    private readonly Dictionary<int, SortedSet<string>> _flags = [];
    private readonly List<string> _notes = [];

    private ResultAnomalies()
    {
    }

    /// <summary>An instance without anomalies, for callers that do not check for them.</summary>
    public static ResultAnomalies None { get; } = new();

    /// <summary>One note for each anomaly, up to a hundred.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Checks every group for which the results of all seeds are available.</summary>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="runs">The accepted results.</param>
    /// <param name="grew">The positions of jobs whose masks grew.</param>
    public static ResultAnomalies Find(SweepPlan plan, RunTable runs, IEnumerable<JobPosition> grew)
    {
        var anomalies = new ResultAnomalies();
        anomalies.RecordPrecision(plan);
        var seeds = plan.Seeds.Length;
        var zeroShot = Enumerable.Range(0, plan.Groups.Length).Where(group => plan.Groups[group].Definition.Method == MethodNames.ZeroShot)
            .ToLookup(Place, group => Statistics.OfTest(runs.Runs(group, seeds)).Mean);
        // Zero-shot's test accuracy does not depend on the number of shots.
        (int Dataset, string Backbone) Place(int group) => (plan.Groups[group].Dataset, plan.Groups[group].Definition.Backbone);
        for (var group = 0; group < plan.Groups.Length; group++)
        {
            var found = runs.Runs(group, seeds);
            if (found.Length < seeds || plan.Groups[group].Definition.Train is null) continue;
            anomalies.FindOutlier(plan, group, found);
            anomalies.FindEqual(plan, group, found);
            if (zeroShot[Place(group)].FirstOrDefault() is { } untrained && Statistics.OfTest(found).Mean is { } mean
                && mean < untrained)
                anomalies.Add(plan, group, BelowZeroShot, string.Create(
                    CultureInfo.InvariantCulture, $"test accuracy {mean:F2} is below the zero-shot accuracy of {untrained:F2}"));
        }
        foreach (var position in grew)
            anomalies.Add(plan, plan.GroupIndex(position), MaskGrew,
                $"seed {plan.Seeds[plan.SeedIndex(position)]} gained context tokens during training, but pruning can only remove them");
        return anomalies;
    }

    /// <summary>Returns the meaning of a flag; null if this version does not know it.</summary>
    /// <param name="flag">The flag, such as "seed-outlier".</param>
    public static string? Meaning(string flag) => flag switch
    {
        Outlier => $"the test accuracy of a run is {OutlierPoints:0} points or more away from the median of its cell's runs",
        Equal => "two seeds end with the same loss, to the last digit",
        BelowZeroShot => "the mean test accuracy is below that of the zero-shot cell of this sweep",
        MaskGrew => "a job had more context tokens after an epoch than after the one before",
        _ => null,
    };

    /// <summary>Returns the flags of a cell's chosen candidate, or of all its candidates if none is chosen yet.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="group">The group of the chosen candidate; null if none is chosen yet.</param>
    public string[] Of(PlannedCell cell, int? group) =>
        [.. cell.Candidates.Where(candidate => group is null || candidate.Group == group)
            .SelectMany(candidate => _flags.GetValueOrDefault(candidate.Group) ?? []).Distinct()];

    private void RecordPrecision(SweepPlan plan)
    {
        Precision Of(PlannedCandidate candidate) => plan.Groups[candidate.Group].Definition.Train?.Precision ?? Precision.Float32;
        var rounded = plan.Rows.Select(row => (row.Label, Precision: row.Cells.SelectMany(cell => cell.Candidates).Select(Of).Max()))
            .Where(row => row.Precision != Precision.Float32);
        foreach (var rows in rounded.GroupBy(row => row.Precision, row => row.Label))
            _notes.Add($"{string.Join(", ", rows)}: computed in {AdaptClusterJson.Name(rows.Key)}, not in float32");
    }

    private void FindOutlier(SweepPlan plan, int group, RunDigits[] runs)
    {
        if (runs.Length < 3) return;
        var percents = runs.Select(run => 100.0 * run.TestCorrect / Math.Max(1, run.TestTotal)).ToArray();
        var ordered = percents.Order().ToArray();
        var median = (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
        for (var seed = 0; seed < percents.Length; seed++)
        {
            if (Math.Abs(percents[seed] - median) >= OutlierPoints)
                Add(plan, group, Outlier, string.Create(CultureInfo.InvariantCulture,
                    $"seed {plan.Seeds[seed]} has test accuracy {percents[seed]:F2}; the median is {median:F2}"));
        }
    }

    private void FindEqual(SweepPlan plan, int group, RunDigits[] runs)
    {
        foreach (var equal in Enumerable.Range(0, runs.Length).Where(seed => runs[seed].FinalLoss is not null)
            .GroupBy(seed => runs[seed].FinalLoss!.Value).Where(equal => equal.Count() > 1))
            Add(plan, group, Equal, string.Create(CultureInfo.InvariantCulture,
                $"seeds {string.Join(" and ", equal.Select(seed => plan.Seeds[seed]))} end with the same loss of {equal.Key:R}"));
    }

    private void Add(SweepPlan plan, int group, string flag, string reason)
    {
        if (!_flags.TryGetValue(group, out var flags)) _flags.Add(group, flags = new(StringComparer.Ordinal));
        flags.Add(flag);
        if (_notes.Count < MaxNotes) _notes.Add($"{flag}: {PlannedNames.Of(plan).Group(group)}: {reason}");
    }
}
