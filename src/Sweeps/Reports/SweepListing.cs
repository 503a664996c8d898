using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Lifecycle;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Which sweeps a list has, and in which order.</summary>
/// <param name="States">Names of states, one of which each sweep has; none for all.</param>
/// <param name="Tag">A tag that each has; null for all.</param>
/// <param name="Sort">One of <see cref="Sorts"/>.</param>
/// <param name="Most">Most sweeps.</param>
public sealed record SweepListing(string[] States, string? Tag, string Sort, int Most)
{
    /// <summary>The order unless another is asked for.</summary>
    public const string Newest = "submitted";

    /// <summary>The order of each name; ties keep the newest first.</summary>
    private static readonly Dictionary<string, Func<IEnumerable<SweepSummary>, IEnumerable<SweepSummary>>> Orders = new()
    {
        [Newest] = sweeps => sweeps,
        ["name"] = sweeps => sweeps.OrderBy(sweep => sweep.Name, StringComparer.OrdinalIgnoreCase),
        ["state"] = sweeps => sweeps.OrderBy(sweep => sweep.State),
        ["jobs"] = sweeps => sweeps.OrderByDescending(sweep => sweep.Jobs.Total),
        ["failed"] = sweeps => sweeps.OrderByDescending(sweep => sweep.Jobs.Failed),
        ["by"] = sweeps => sweeps.OrderBy(sweep => sweep.SubmittedBy ?? "", StringComparer.OrdinalIgnoreCase),
    };

    /// <summary>What a list can be sorted by.</summary>
    public static string[] Sorts { get; } = [.. Orders.Keys];

    /// <summary>What the states are called.</summary>
    public static string[] StateNames { get; } = [.. Enum.GetValues<SweepState>().Select(state => AdaptClusterJson.Name(state))];

    /// <summary>Refuses what can be no tag.</summary>
    /// <param name="tag">The text; null for none.</param>
    /// <param name="option">What the caller calls it.</param>
    /// <exception cref="InvalidInputException">It is no tag.</exception>
    public static void CheckTag(string? tag, string option)
    {
        if (tag is not null && !SweepLabels.IsTag(tag))
            throw new InvalidInputException($"{option}: found '{PrintableText.OneLine(tag)}'; write {SweepLabels.TagRule}.");
    }

    /// <summary>Reads the newest sweeps page by page, so that no answer grows with all that was ever run.</summary>
    /// <param name="reads">Who has them.</param>
    /// <returns>How many there are (with the tag), how many of them fit, and those asked for.</returns>
    public async Task<(int Total, int Fitting, List<SweepSummary> Sweeps)> ReadAsync(ISweepReads reads)
    {
        // A filter and an order are applied to all sweeps; without them the first pages are enough.
        var most = States.Length == 0 && Sort == Newest ? Most : int.MaxValue;
        var (total, read) = await ReadAsync(reads, most);
        SweepSummary[] fitting =
            [.. read.Where(sweep => States.Length == 0 || States.Contains(AdaptClusterJson.Name(sweep.State)))];
        return (total, most == int.MaxValue ? fitting.Length : total, [.. Orders[Sort](fitting).Take(Most)]);
    }

    private async Task<(int Total, List<SweepSummary> Sweeps)> ReadAsync(ISweepReads reads, int most)
    {
        var sweeps = new List<SweepSummary>();
        for (var from = 0; ;)
        {
            var (total, page) = await reads.ListPageAsync(from, Math.Min(most - from, SweepListPage.MaxCount), Tag);
            from += page.Length;
            // One that is submitted meanwhile moves the others on, so that the last of a page comes again.
            sweeps.AddRange(page.ExceptBy(sweeps.Select(sweep => sweep.Id), sweep => sweep.Id));
            if (page.Length == 0 || from >= most || from >= total) return (total, sweeps);
        }
    }
}
