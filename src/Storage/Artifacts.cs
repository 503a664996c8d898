using System.Security.Cryptography;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.Data.Sqlite;

namespace AdaptCluster.Storage;

/// <summary>
/// Stores the files of finished jobs. Files with the same content are stored once, and rows refer to the content by its hash.
/// </summary>
internal sealed class Artifacts(StoreAccess access)
{
    /// <summary>The name of a job's final prompts.</summary>
    internal const string PromptsName = "prompts.safetensors";

    /// <summary>The name of a job's predictions.</summary>
    internal const string PredictionsName = "predictions";

    /// <summary>The number of artifacts moved in one transaction. Each artifact is at most a few megabytes in size.</summary>
    private const int MovedAtOnce = 100;

    /// <summary>
    /// The conflict clause of an insertion. It locks the row of existing content until the transaction ends. A concurrent deletion of
    /// unreferenced content (<see cref="SweepRemoval"/>) then waits and sees the new reference.
    /// </summary>
    private const string KeepsContent = "ON CONFLICT (key) DO UPDATE SET size = contents.size";

    /// <summary>Returns the key of a file's content: its SHA-256 in lower-case hexadecimal digits.</summary>
    internal static string ContentKey(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Adds the statements that store one of a job's files.</summary>
    /// <param name="batch">The batch of statements.</param>
    /// <param name="key">The parameters of <paramref name="completed"/>.</param>
    /// <param name="completed">The condition on the job's row. If it does not hold, nothing is stored.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="content">The content.</param>
    internal static void Add(StatementBatch batch, (string, object?)[] key, string completed, string name, byte[] content)
    {
        (string, object?)[] keyed = [.. key, ("name", name), ("content_key", ContentKey(content))];
        batch.Add(
            "INSERT INTO job_artifacts (sweep_id, position, name, content_key) SELECT sweep_id, position, @name, @content_key "
            + $"FROM jobs WHERE {completed} ON CONFLICT DO NOTHING", keyed);
        // Stores the content only if the row now refers to it: if an attempt reports two results, the first one wins.
        batch.Add($"""
            INSERT INTO contents (key, size, content) SELECT @content_key, @size, @content FROM jobs
            WHERE {completed} AND EXISTS (SELECT 1 FROM job_artifacts AS a WHERE a.sweep_id = @sweep AND a.position = @position
                AND a.name = @name AND a.content_key = @content_key) {KeepsContent}
            """, [.. keyed, ("size", content.Length), ("content", content)]);
    }

    /// <summary>Adds the statements that store files for many jobs on PostgreSQL.</summary>
    internal static void Add(StatementBatch batch, SweepId sweep, (JobPosition Position, string Name, byte[] Content)[] files)
    {
        if (files.Length == 0) return;
        // Rows of the contents table are always inserted in key order, so that two transactions cannot deadlock.
        var rows = Array.ConvertAll(files, row => (row.Position, row.Name, row.Content, Key: ContentKey(row.Content)));
        Array.Sort(rows, (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var keys = Array.ConvertAll(rows, row => row.Key);
        // One statement cannot insert a row twice.
        var distinct = rows.DistinctBy(row => row.Key).ToArray();
        batch.Add(
            "INSERT INTO contents (key, size, content) SELECT r.key, length(r.content), r.content FROM unnest(@keys, @contents) AS r(key, "
            + $"content) {KeepsContent}",
            ("keys", Array.ConvertAll(distinct, row => row.Key)), ("contents", Array.ConvertAll(distinct, row => row.Content)));
        batch.Add(
            "INSERT INTO job_artifacts (sweep_id, position, name, content_key) SELECT @sweep, r.position, r.name, r.key FROM "
            + "unnest(@positions, @names, @keys) AS r(position, name, key) ON CONFLICT DO NOTHING",
            ("sweep", sweep.Value), ("positions", Array.ConvertAll(rows, row => row.Position.Value)),
            ("names", Array.ConvertAll(rows, row => row.Name)), ("keys", keys));
    }

    /// <summary>
    /// Returns one of a job's files. If the job reused an earlier result, the file of the job that computed the result is returned.
    /// </summary>
    /// <returns>The content of the file; null if the file is not stored.</returns>
    public Task<byte[]?> FindAsync(SweepId sweep, JobEntity job, string name) => access.ConnectAsync(async connection =>
    {
        const string content =
            "SELECT c.content FROM job_artifacts AS a JOIN contents AS c ON c.key = a.content_key WHERE a.name = @name AND";
        var own = await connection.QueryAsync(null, $"{content} a.sweep_id = @sweep AND a.position = @position",
            r => (byte[])r.GetValue(0), ("name", name), ("sweep", sweep.Value), ("position", job.Position));
        if (own.Count > 0 || job.CachedFrom is not { } origin) return own.FirstOrDefault();
        // A silo of the previous version that reuses a cached result does not add rows for kinds of files that it does not support.
        var earlier = await connection.QueryAsync(null,
            $"{content} a.sweep_id = @sweep AND a.position IN (SELECT position FROM jobs WHERE sweep_id = @sweep AND job_id = @job)",
            r => (byte[])r.GetValue(0), ("name", name), ("sweep", origin), ("job", job.JobId));
        return earlier.FirstOrDefault();
    });

    /// <summary>
    /// Moves files to the table that stores each distinct content once. Versions before <c>006_contents</c> stored them once per job.
    /// </summary>
    public async Task MoveArtifactsAsync()
    {
        while (await access.TransactAsync(MoveSomeArtifactsAsync, StatementTime.Migration)) { }
    }

    /// <returns>Whether any file was moved.</returns>
    private static async Task<bool> MoveSomeArtifactsAsync(Sql sql)
    {
        var hash = "encode(sha256(content), 'hex')";
        if (sql.Connection is SqliteConnection sqlite)
        {
            sqlite.CreateFunction("content_key", (byte[] content) => ContentKey(content), isDeterministic: true);
            hash = "content_key(content)";
        }
        var found = await sql.Connection.QueryAsync(sql.Transaction,
            $"SELECT sweep_id, position, name, {hash} FROM artifacts LIMIT {MovedAtOnce}",
            r => (Sweep: r.GetString(0), Position: r.GetInt32(1), Name: r.GetString(2), Key: r.GetString(3)));
        found.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        var batch = new StatementBatch(sql.Connection, sql.Transaction, sql.Limit);
        const string row = "FROM artifacts WHERE sweep_id = @sweep AND position = @position AND name = @name";
        foreach (var (sweep, position, name, key) in found)
        {
            (string, object?)[] parameters = [("sweep", sweep), ("position", position), ("name", name)];
            (string, object?)[] keyed = [.. parameters, ("key", key)];
            batch.Add($"INSERT INTO contents (key, size, content) SELECT @key, length(content), content {row} {KeepsContent}",
                keyed);
            batch.Add(
                $"INSERT INTO job_artifacts (sweep_id, position, name, content_key) SELECT sweep_id, position, name, @key {row} ON "
                + "CONFLICT DO NOTHING", keyed);
            batch.Add($"DELETE {row}", parameters);
        }
        await batch.ExecuteAsync();
        return found.Count > 0;
    }
}
