using System.Data.Common;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using AdaptCluster.Sweeps.Results;

namespace AdaptCluster.Storage;

/// <summary>Searches sweeps by text and state, in a given order. Only the sweeps on one page are read in full.</summary>
/// <param name="store">The store.</param>
internal sealed class SweepSearch(SweepStore store)
{
    /// <summary>
    /// The maximum number of jobs, over all sweeps on a page, for which best arms are computed. The computation takes some milliseconds per
    /// thousand jobs, and a list must open without delay.
    /// </summary>
    internal const int SearchedJobs = 20_000;

    /// <summary>The number of sweeps that are read concurrently, so that a list does not use all connections to the store.</summary>
    private const int AtOnce = 4;

    /// <summary>
    /// The maximum number of a sweep's distinct errors that are searched for causes. With a broken data set, every job can have a different
    /// error.
    /// </summary>
    private const int SearchedErrors = 200;

    private readonly EndedSweepCache _ended = new();

    /// <summary>Returns a page of sweeps that match a query.</summary>
    /// <exception cref="InvalidInputException">
    /// The page starts before the first sweep, is empty or too large, or the text is too long or contains characters that are not
    /// printable.
    /// </exception>
    public async Task<SweepSearchPage> FindAsync(SweepQuery query)
    {
        if (query.Count is < 1 or > SweepQuery.MaxCount)
            throw new InvalidInputException($"count: found {query.Count}; write 1 to {SweepQuery.MaxCount}.");
        if (query.From < 0) throw new InvalidInputException($"from: found {query.From}; write 0 or more.");
        if (query.Text is { Length: > SweepQuery.LongestText } text)
            throw new InvalidInputException($"text: found {text.Length} characters; write at most {SweepQuery.LongestText}.");
        if (query.Text is { } wanted && (!PrintableText.IsWhole(wanted) || wanted.Any(char.IsControl)))
            throw new InvalidInputException(
                $"text: found '{PrintableText.OneLine(wanted)}'; write printable characters.");
        var (total, all, found, causes) = await store.Access.ConnectAsync(connection => PageAsync(connection, query));
        var lines = new List<SweepLine>(found.Length);
        foreach (var some in WithBest(found).Chunk(AtOnce))
            lines.AddRange(await Task.WhenAll(some.Select(one => DescribeAsync(Line(one.Sweep), one.IsWanted))));
        return new SweepSearchPage(total, all, [.. lines]);

        SweepLine Line(SweepSummary sweep) => causes.TryGetValue(sweep.Id, out var kinds)
            ? new SweepLine { Summary = sweep, Cause = kinds[0], Causes = kinds.Length }
            : new SweepLine { Summary = sweep };
    }

    /// <summary>
    /// Decides for each sweep whether its best arm is computed. The decision is made before any sweep is read, so that it does not depend
    /// on the order of reading. Cached sweeps do not count towards the limit.
    /// </summary>
    private List<(SweepSummary Sweep, bool IsWanted)> WithBest(SweepSummary[] sweeps)
    {
        var (wanted, left) = (new List<(SweepSummary, bool)>(sweeps.Length), SearchedJobs);
        foreach (var sweep in sweeps)
        {
            var isKnown = _ended.Find(sweep) is not null;
            wanted.Add((sweep, isKnown || left >= sweep.Jobs.Total));
            if (!isKnown) left -= Math.Min(left, sweep.Jobs.Total);
        }
        return wanted;
    }

    private async Task<(int Total, int All, SweepSummary[] Found, Dictionary<string, string[]> Causes)> PageAsync(
        DbConnection connection, SweepQuery query)
    {
        var which = StoreAccess.IsMine;
        var parameters = new List<(string Name, object? Value)> { store.Access.Own };
        if (query.State is { } state) which += $" AND state = {(int)state}";
        if (query.Text?.Trim() is { Length: > 0 } text)
        {
            // SQLite converts only ASCII letters to lower case, so other letters are matched as written.
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
        return (total, all, found, await CausesAsync(connection, found));
    }

    /// <summary>
    /// Returns the causes of failed jobs for each sweep, grouped as on the sweep's page. Sweeps without a reported error are left out.
    /// </summary>
    private static async Task<Dictionary<string, string[]>> CausesAsync(DbConnection connection, SweepSummary[] sweeps)
    {
        var failing = sweeps.Where(sweep => sweep.Jobs.Failed > 0).Select(sweep => sweep.Id).ToArray();
        if (failing.Length == 0) return [];
        // The limit applies per sweep: with a single limit, the errors of one sweep could displace the errors of other sweeps.
        var errors = await connection.QueryAsync(null, $"""
            SELECT sweep_id, error FROM (
                SELECT sweep_id, error, row_number() OVER (PARTITION BY sweep_id ORDER BY error) AS place FROM (
                    SELECT DISTINCT sweep_id, error FROM jobs
                    WHERE {connection.In("sweep_id", "some")} AND state = {(int)JobState.Failed} AND error IS NOT NULL) AS different
                ) AS counted
            WHERE place <= @errors ORDER BY sweep_id, place
            """, r => (Sweep: r.GetString(0), Error: r.GetString(1)), ("some", connection.Array(failing)), ("errors", SearchedErrors));
        return errors.GroupBy(of => of.Sweep).ToDictionary(of => of.Key, of => FailureCause.Kinds(of.Select(one => one.Error)));
    }

    /// <summary>Adds the data sets, the backbone and the best arm to a sweep's row.</summary>
    private async Task<SweepLine> DescribeAsync(SweepLine line, bool withBest)
    {
        // The name, the note and the causes can have changed since the line was cached.
        if (_ended.Find(line.Summary) is { } known)
        {
            return known with { Summary = line.Summary, Cause = line.Cause, Causes = line.Causes };
        }
        var id = new SweepId(line.Summary.Id);
        SweepPlan? plan;
        try
        {
            plan = (await store.Sweeps.FindAsync(id))?.Plan;
        }
        // The plan was written by another version. The sweep's page reports this, and the list shows the remaining columns.
        catch (UnreadablePlanException)
        {
            plan = null;
        }
        // The sweep was deleted in the meantime.
        if (plan is null) return line;
        line = line with { Datasets = plan.Datasets, Backbone = plan.JobCount > 0 ? plan.Definition(new(0)).Backbone : "" };
        if (line.Summary.Jobs.Completed > 0)
        {
            // A row without its best arm is not cached, because another page may be able to compute it.
            if (!withBest) return line;
            var runs = new RunTable(plan.JobCount);
            runs.Add(await store.Jobs.ResultsAsync(id));
            var best = BestArm.Of(ResultTable.Rows(plan, runs, ResultAnomalies.None), plan.Datasets);
            line = line with { BestValidation = best?.Validation, BestArm = best?.Label };
        }
        _ended.Keep(line);
        return line;
    }

    private string OrderOf(SweepQuery query, List<(string Name, object? Value)> parameters)
    {
        var (down, up) = query.Reversed ? ("DESC", "ASC") : ("ASC", "DESC");
        // Ties are broken in the same way on every page.
        var then = "ordinal DESC, submitted_ms DESC, id";
        switch (query.Order)
        {
            case SweepOrder.Name: return $"ORDER BY lower(name) {down}, name {down}, {then}";
            case SweepOrder.State: return $"ORDER BY {StateRank} {down}, {then}";
            case SweepOrder.Jobs: return $"ORDER BY total_jobs {down}, {then}";
            case SweepOrder.Duration:
                parameters.Add(("now", store.Access.NowMs));
                return $"ORDER BY coalesce(ended_ms, {Now}) - submitted_ms {down}, {then}";
            default: return $"ORDER BY ordinal {up}, submitted_ms {up}, id";
        }
    }

    /// <summary>
    /// The SQL expression for the end of a sweep without a stored end time: now if the sweep is open. Otherwise its duration is unknown and
    /// taken as 0, so the end is the submission time.
    /// </summary>
    private static readonly string Now = $"CASE WHEN state IN ({(int)SweepState.Running}, {(int)SweepState.Paused}, "
        + $"{(int)SweepState.Cancelling}) THEN @now ELSE submitted_ms END";

    /// <summary>The SQL expression that orders states: running sweeps come first, then sweeps that wait for a user's action.</summary>
    private static readonly string StateRank = $"CASE state WHEN {(int)SweepState.Running} THEN 0 WHEN {(int)SweepState.Cancelling} THEN 1 "
        + $"WHEN {(int)SweepState.Paused} THEN 2 WHEN {(int)SweepState.Interrupted} THEN 3 WHEN {(int)SweepState.Failed} THEN 4 "
        + $"WHEN {(int)SweepState.Cancelled} THEN 5 ELSE 6 END";

    /// <summary>Escapes LIKE wildcards in a string.</summary>
    private static string Literal(string text) => text.Replace("!", "!!", StringComparison.Ordinal)
        .Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
}
