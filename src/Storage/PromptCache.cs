using System.Data.Common;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage;

/// <summary>
/// The cache of trained prompts. A job with targets only evaluates prompts, without training, if an identical job with other targets or
/// without targets has already trained them.
/// </summary>
internal sealed class PromptCache(StoreAccess access)
{
    private const int Chunk = 500;

    private static readonly string IsCompleted = $"state = {(int)JobState.Completed}";

    /// <summary>
    /// A SQL expression for the size in bytes of the prompts that a row of the jobs table can reuse from another job; 0 if there are none.
    /// </summary>
    internal const string Size = $"""
        CASE WHEN jobs.trained_id IS NULL OR jobs.cache_check <> 0 THEN 0 ELSE coalesce((SELECT max(c.size) FROM jobs AS e
            JOIN job_artifacts AS a ON a.sweep_id = e.sweep_id AND a.position = e.position AND a.name = '{Artifacts.PromptsName}'
            JOIN contents AS c ON c.key = a.content_key
            WHERE (e.job_id = jobs.trained_id OR e.trained_id = jobs.trained_id) AND e.state = 2), 0) END
        """;

    /// <summary>Returns the trained prompts for jobs that do not need to train, keyed by position.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="positions">The positions of jobs that have targets and no checkpoint.</param>
    /// <returns>The prompts, each from the earliest sweep that contains them. Jobs whose prompts are not stored are left out.</returns>
    public Task<Dictionary<JobPosition, StoredPrompts>> FindAsync(SweepId sweep, JobPosition[] positions) =>
        access.ConnectAsync(async connection =>
    {
        var wanted = await connection.QueryAsync(null, $"""
            SELECT position, trained_id FROM jobs WHERE sweep_id = @sweep AND {connection.In("position", "positions")}
                AND trained_id IS NOT NULL AND cache_check = {(int)CacheCheck.None}
            """, r => (Position: new JobPosition(r.GetInt32(0)), Trained: r.GetString(1)), ("sweep", sweep.Value),
            ("positions", connection.Array(Array.ConvertAll(positions, position => position.Value))));
        if (wanted.Count == 0) return [];
        var sources = (await SourcesAsync(connection, [.. wanted.Select(job => job.Trained).Distinct()]))
            .DistinctBy(source => source.Trained).ToDictionary(source => source.Trained);
        var contents = await ContentsAsync(connection, [.. sources.Values.Select(source => source.Content).Distinct()]);
        var found = new Dictionary<JobPosition, StoredPrompts>();
        foreach (var (position, trained) in wanted)
        {
            if (sources.TryGetValue(trained, out var source) && contents.TryGetValue(source.Content, out var content))
                found[position] = new StoredPrompts(source.Origin, content);
        }
        return found;
    });

    /// <summary>
    /// Counts the jobs in a plan that have targets and no result yet: jobs that only evaluate trained prompts, and jobs that train.
    /// </summary>
    public Task<(int Evaluated, int Training)> CountAsync(SweepPlan plan) => access.ConnectAsync(async connection =>
    {
        var (evaluated, training) = (0, 0);
        var jobs = plan.Positions.Select(position => (Position: position, Trained: JobIdentity.TrainedOf(plan, position)?.Value))
            .Where(job => job.Trained is not null)
            .Select(job => (Id: JobIdentity.Of(plan, job.Position).Value, Trained: job.Trained!));
        foreach (var some in jobs.Chunk(Chunk))
        {
            var cached = (await connection.QueryAsync(null, $"""
                SELECT DISTINCT job_id FROM jobs WHERE {connection.In("job_id", "ids")} AND {IsCompleted}
                    AND sweep_id IN (SELECT id FROM sweeps WHERE {StoreAccess.IsMine})
                """, r => r.GetString(0), ("ids", connection.Array(Array.ConvertAll(some, job => job.Id))), access.Own)).ToHashSet();
            var open = Array.FindAll(some, job => !cached.Contains(job.Id));
            var trained = (await SourcesAsync(connection, Array.ConvertAll(open, job => job.Trained)))
                .Select(source => source.Trained).ToHashSet();
            var found = open.Count(job => trained.Contains(job.Trained));
            (evaluated, training) = (evaluated + found, training + open.Length - found);
        }
        return (evaluated, training);
    });

    /// <summary>Returns the jobs that have trained prompts for the given ids, starting with jobs from the earliest sweep.</summary>
    private Task<List<Source>> SourcesAsync(DbConnection connection, string[] trained)
    {
        string Jobs(string column) =>
            $"SELECT {column} AS trained, sweep_id, position, job_id, cached_from, {ResultColumns.TrainedFrom} FROM jobs "
            + $"WHERE {connection.In(column, "ids")} AND {IsCompleted}";
        return connection.QueryAsync(null, $"""
            SELECT e.trained, coalesce(e.cached_from, e.sweep_id), e.job_id, e.{ResultColumns.TrainedFrom}, a.content_key
            FROM ({Jobs("job_id")} UNION ALL {Jobs("trained_id")}) AS e
            JOIN sweeps ON sweeps.id = e.sweep_id AND sweeps.{StoreAccess.IsMine}
            JOIN job_artifacts AS a ON a.sweep_id = e.sweep_id AND a.position = e.position AND a.name = @prompts
            ORDER BY sweeps.ordinal, e.position
            """, r => new Source(r.GetString(0),
                (r.IsDBNull(3) ? null : ResultColumns.Origin(r.GetString(3))) ?? new(r.GetString(1), new(r.GetString(2))), r.GetString(4)),
            ("ids", connection.Array(trained)), ("prompts", Artifacts.PromptsName), access.Own);
    }

    /// <summary>Returns file contents, keyed by their hash. Contents that do not match their hash are damaged and are left out.</summary>
    private static async Task<Dictionary<string, byte[]>> ContentsAsync(DbConnection connection, string[] keys) =>
        (await connection.QueryAsync(null, $"SELECT key, content FROM contents WHERE {connection.In("key", "keys")}",
            r => (Key: r.GetString(0), Content: (byte[])r.GetValue(1)), ("keys", connection.Array(keys))))
            .Where(one => Artifacts.ContentKey(one.Content) == one.Key).ToDictionary(one => one.Key, one => one.Content);

    /// <summary>A job that has trained prompts.</summary>
    /// <param name="Trained">The id that the job has without evaluation targets.</param>
    /// <param name="Origin">The job that trained the prompts.</param>
    /// <param name="Content">The key of the prompts' content.</param>
    private sealed record Source(string Trained, PromptOrigin Origin, string Content);
}
