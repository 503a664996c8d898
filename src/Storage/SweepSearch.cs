using System.Data.Common;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using AdaptCluster.Sweeps.Results;

namespace AdaptCluster.Storage;

/// <summary>Finds sweeps by name and state, in some order. Only the sweeps of one page are looked at closely.</summary>
/// <param name="store">The store.</param>
internal sealed class SweepSearch(SweepStore store)
{
    /// <summary>
    /// Most jobs of sweeps whose best arm is worked out for one page: some milliseconds for every thousand, and a list must open at once.
    /// </summary>
    internal const int SearchedJobs = 20_000;

    /// <summary>Finds sweeps.</summary>
    /// <exception cref="InvalidInputException">The page begins before the first sweep, or is empty or too large.</exception>
    public async Task<SweepSearchPage> FindAsync(SweepQuery query)
    {
        if (query.Count is < 1 or > SweepQuery.MaxCount)
            throw new InvalidInputException($"count: found {query.Count}; write 1 to {SweepQuery.MaxCount}.");
        if (query.From < 0) throw new InvalidInputException($"from: found {query.From}; write 0 or more.");
        if (query.Text is { Length: > SweepQuery.LongestText } text)
            throw new InvalidInputException($"text: {text.Length} characters; write at most {SweepQuery.LongestText}.");
        var (total, all, found, causes) = await store.Access.ConnectAsync(connection => PageAsync(connection, query));
        var (lines, left) = (new List<SweepLine>(found.Length), SearchedJobs);
        foreach (var summary in found)
        {
            var line = new SweepLine { Summary = summary };
            if (causes.TryGetValue(summary.Id, out var cause)) line = line with { Cause = cause.One, Causes = cause.Count };
            lines.Add(await DescribeAsync(line, left >= summary.Jobs.Total));
            left -= Math.Min(left, summary.Jobs.Total);
        }
        return new SweepSearchPage(total, all, [.. lines]);
    }

    private async Task<(int Total, int All, SweepSummary[] Found, Dictionary<string, (string One, int Count)> Causes)> PageAsync(
        DbConnection connection, SweepQuery query)
    {
        var which = StoreAccess.IsMine;
        var parameters = new List<(string Name, object? Value)> { store.Access.Own };
        if (query.State is { } state) which += $" AND state = {(int)state}";
        if (query.Text?.Trim() is { Length: > 0 } text)
        {
            // SQLite knows the lower case of ASCII only, so that other letters are found as they are written.
            which += " AND (lower(name) LIKE @lower ESCAPE '!' OR name LIKE @text ESCAPE '!' OR id LIKE @lower ESCAPE '!')";
            parameters.Add(("text", $"%{Literal(text)}%"));
            parameters.Add(("lower", $"%{Literal(text.ToLowerInvariant())}%"));
        }
        var order = OrderOf(query, parameters);
        var (own, given) = (store.Access.Own, parameters.Where(one => one.Name != "now").ToArray());
        var all = (await connection.QueryAsync(null, $"SELECT count(*) FROM sweeps WHERE {StoreAccess.IsMine}",
            r => r.GetInt32(0), own))[0];
        var total = (await connection.QueryAsync(null, $"SELECT count(*) FROM sweeps WHERE {which}", r => r.GetInt32(0), given))[0];
        var found = await SweepTable.SummariesAsync(connection,
            $"SELECT id FROM sweeps WHERE {which} {order} LIMIT @count OFFSET @from", order,
            [.. parameters, ("count", query.Count), ("from", query.From)]);
        var failing = found.Where(sweep => sweep.Jobs.Failed > 0).Select(sweep => sweep.Id).ToArray();
        var causes = failing.Length == 0 ? [] : await connection.QueryAsync(null, $"""
            SELECT sweep_id, min(error), count(DISTINCT error) FROM jobs
            WHERE {connection.In("sweep_id", "some")} AND state = {(int)JobState.Failed} AND error IS NOT NULL GROUP BY sweep_id
            """, r => (Id: r.GetString(0), Error: r.GetString(1), Count: (int)r.GetInt64(2)), ("some", connection.Array(failing)));
        return (total, all, found, causes.ToDictionary(cause => cause.Id, cause => (cause.Error, cause.Count)));
    }

    /// <summary>What the plan and the results say of a sweep.</summary>
    private async Task<SweepLine> DescribeAsync(SweepLine line, bool withBest)
    {
        var id = new SweepId(line.Summary.Id);
        SweepPlan? plan;
        try
        {
            plan = (await store.Sweeps.FindAsync(id))?.Plan;
        }
        // Another version's: its page says so, and the list shows the rest.
        catch (UnreadablePlanException)
        {
            plan = null;
        }
        // Somebody has deleted it meanwhile.
        if (plan is null) return line;
        line = line with { Datasets = plan.Datasets, Backbone = plan.JobCount > 0 ? plan.Definition(new(0)).Backbone : "" };
        if (!withBest || line.Summary.Jobs.Completed == 0) return line;
        var runs = new RunTable(plan.JobCount);
        runs.Add(await store.Jobs.ResultsAsync(id));
        var best = BestArm.Of(ResultTable.Rows(plan, runs, ResultDoubts.None), plan.Datasets);
        return line with { BestValidation = best?.Validation, BestArm = best?.Label };
    }

    private string OrderOf(SweepQuery query, List<(string Name, object? Value)> parameters)
    {
        var (down, up) = query.Reversed ? ("DESC", "ASC") : ("ASC", "DESC");
        // The same for everybody who turns pages, whatever else is equal.
        var then = "ordinal DESC, submitted_ms DESC, id";
        switch (query.Order)
        {
            case SweepOrder.Name: return $"ORDER BY lower(name) {down}, name {down}, {then}";
            case SweepOrder.State: return $"ORDER BY {StateRank} {down}, {then}";
            case SweepOrder.Jobs: return $"ORDER BY total_jobs {down}, {then}";
            case SweepOrder.Duration:
                parameters.Add(("now", store.Access.NowMs));
                return $"ORDER BY coalesce(ended_ms, @now) - submitted_ms {down}, {then}";
            default: return $"ORDER BY ordinal {up}, submitted_ms {up}, id";
        }
    }

    /// <summary>What runs comes first, then what waits for somebody.</summary>
    private const string StateRank =
        "CASE state WHEN 0 THEN 0 WHEN 6 THEN 1 WHEN 5 THEN 2 WHEN 4 THEN 3 WHEN 2 THEN 4 WHEN 3 THEN 5 ELSE 6 END";

    /// <summary>A text of which no character stands for others in LIKE.</summary>
    private static string Literal(string text) => text.Replace("!", "!!", StringComparison.Ordinal)
        .Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
}
