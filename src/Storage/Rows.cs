using System.Data.Common;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// Reads rows of the two large tables without EF Core, so that commands that only read do not wait for EF Core to compile a query.
/// </summary>
internal static class Rows
{
    /// <summary>Returns a SQL condition that is true if a column starts with the value of the parameter "prefix".</summary>
    public static string Begins(string column) => $"substr({column}, 1, length(@prefix)) = @prefix";

    /// <summary>Converts a stored time, in milliseconds since 1970-01-01 UTC.</summary>
    public static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    /// <summary>Reads a lease id; null if the column is NULL.</summary>
    public static LeaseId? LeaseOrNull(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : LeaseId.Parse(row.GetString(column));

    /// <summary>The columns that <see cref="Sweep"/> reads.</summary>
    public const string SweepColumns =
        "id, cluster, name, state, submitted_ms, ordinal, priority, parallel, pool, submitted_by, total_jobs, spec_json, plan_format, "
            + "plan_json, stops, trainer, supersedes, note, tags, ended_ms";

    /// <summary>The columns that <see cref="Job"/> reads.</summary>
    public static readonly string JobColumns =
        "sweep_id, position, job_id, pack, state, attempt, faults, losses, epoch, loss, context_tokens, lease, worker, environment, "
            + $"started_ms, error, cached_from, cache_check, flags, {ResultColumns.Select()}";

    /// <summary>Reads a sweep.</summary>
    public static SweepEntity Sweep(DbDataReader r)
    {
        var row = new Columns(r);
        return new SweepEntity
        {
            Id = row.Text(),
            Cluster = row.Text(),
            Name = row.Text(),
            State = (SweepState)row.Int(),
            SubmittedMs = row.Long(),
            Ordinal = row.Long(),
            Priority = row.Int(),
            Parallel = row.Int(),
            Pool = row.Text(),
            SubmittedBy = row.TextOrNull(),
            TotalJobs = row.Int(),
            SpecJson = row.Text(),
            PlanFormat = row.Int(),
            PlanJson = row.Text(),
            Stops = row.Bool(),
            Trainer = row.Int(),
            Supersedes = row.TextOrNull(),
            Note = row.TextOrNull(),
            Tags = row.Text(),
            EndedMs = row.LongOrNull(),
        };
    }

    /// <summary>Reads a job.</summary>
    public static JobEntity Job(DbDataReader r)
    {
        var row = new Columns(r);
        JobState state;
        return new JobEntity
        {
            SweepId = row.Text(),
            Position = row.Int(),
            JobId = row.Text(),
            Pack = row.Int(),
            State = state = (JobState)row.Int(),
            Attempt = row.Int(),
            Faults = row.Int(),
            Losses = row.Int(),
            Epoch = row.Int(),
            Loss = row.DoubleOrNull(),
            ContextTokens = row.IntOrNull(),
            Lease = row.TextOrNull(),
            Worker = row.TextOrNull(),
            Environment = row.TextOrNull(),
            StartedMs = row.LongOrNull(),
            Error = row.TextOrNull(),
            CachedFrom = row.TextOrNull(),
            CacheCheck = (CacheCheck)row.Int(),
            Flags = row.Int(),
            Result = state == JobState.Completed ? ResultColumns.Read(r, row.Next) : null,
        };
    }

    /// <summary>Reads the columns of a row one after another.</summary>
    private struct Columns(DbDataReader row)
    {
        /// <summary>The index of the next column to read.</summary>
        public int Next { get; private set; }

        public string Text() => row.GetString(Next++);
        public string? TextOrNull() => IsNull() ? null : row.GetString(Next - 1);
        public int Int() => row.GetInt32(Next++);
        public int? IntOrNull() => IsNull() ? null : row.GetInt32(Next - 1);
        public long Long() => row.GetInt64(Next++);
        public long? LongOrNull() => IsNull() ? null : row.GetInt64(Next - 1);
        public double? DoubleOrNull() => IsNull() ? null : row.GetDouble(Next - 1);
        public bool Bool() => row.GetBoolean(Next++);

        private bool IsNull() => row.IsDBNull(Next++);
    }
}
