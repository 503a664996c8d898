using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Lifecycle;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>The filters, sort order and maximum length of a list of sweeps.</summary>
/// <param name="States">The names of the states to include; empty for all.</param>
/// <param name="Tag">The tag that each sweep must have; null for all.</param>
/// <param name="Sort">One of <see cref="Sorts"/>.</param>
/// <param name="Most">The maximum number of sweeps.</param>
public sealed record SweepListing(string[] States, string? Tag, string Sort, int Most)
{
    /// <summary>The name of the default order: newest first.</summary>
    public const string Newest = "submitted";

    /// <summary>The sort function for each order's name. Ties are in order of submission, newest first.</summary>
    private static readonly Dictionary<string, Func<IEnumerable<SweepSummary>, IEnumerable<SweepSummary>>> Orders = new()
    {
        [Newest] = sweeps => sweeps,
        ["name"] = sweeps => sweeps.OrderBy(sweep => sweep.Name, StringComparer.OrdinalIgnoreCase),
        ["state"] = sweeps => sweeps.OrderBy(sweep => sweep.State),
        ["jobs"] = sweeps => sweeps.OrderByDescending(sweep => sweep.Jobs.Total),
        ["failed"] = sweeps => sweeps.OrderByDescending(sweep => sweep.Jobs.Failed),
        ["by"] = sweeps => sweeps.OrderBy(sweep => sweep.SubmittedBy ?? "", StringComparer.OrdinalIgnoreCase),
    };

    /// <summary>The names of all sort orders.</summary>
    public static string[] Sorts { get; } = [.. Orders.Keys];

    /// <summary>The names of all states.</summary>
    public static string[] StateNames { get; } = [.. Enum.GetValues<SweepState>().Select(state => AdaptClusterJson.Name(state))];

    /// <summary>Checks that a string is a valid tag.</summary>
    /// <param name="tag">The string; null is accepted.</param>
    /// <param name="option">The name of the option in error messages.</param>
    /// <exception cref="InvalidInputException">The string is not a valid tag.</exception>
    public static void CheckTag(string? tag, string option)
    {
        if (tag is not null && !SweepLabels.IsTag(tag))
            throw new InvalidInputException($"{option}: found '{PrintableText.OneLine(tag)}'; write {SweepLabels.TagRule}.");
    }

    /// <summary>Reads the sweeps page by page, so that the size of each response is bounded.</summary>
    /// <param name="reads">The reader for the sweep's data.</param>
    /// <returns>The number of sweeps (with the tag, if one is given), the number of those sweeps whose state matches, and the sweeps to
    /// list.</returns>
    public async Task<(int Total, int Fitting, List<SweepSummary> Sweeps)> ReadAsync(ISweepReads reads)
    {
        // Filters and orders need all sweeps; without them the first pages suffice.
        var most = States.Length == 0 && Sort == Newest ? Most : int.MaxValue;
        var (total, read) = await ReadAsync(reads, most);
        SweepSummary[] fitting =
            [.. read.Where(sweep => States.Length == 0 || States.Contains(AdaptClusterJson.Name(sweep.State)))];
        return (total, most == int.MaxValue ? fitting.Length : total, [.. Orders[Sort](fitting).Take(Most)]);
    }

    private async Task<(int Total, List<SweepSummary> Sweeps)> ReadAsync(ISweepReads reads, int most)
    {
        var (sweeps, seen) = (new List<SweepSummary>(), new HashSet<string>());
        for (var from = 0; ;)
        {
            var (total, page) = await reads.ListPageAsync(from, Math.Min(most - from, SweepListPage.MaxCount), Tag);
            from += page.Length;
            // A sweep submitted in the meantime shifts the others, so the last one of a page is read again.
            sweeps.AddRange(page.Where(sweep => seen.Add(sweep.Id)));
            if (page.Length == 0 || from >= most || from >= total) return (total, sweeps);
        }
    }
}
