using System.Data.Common;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// Rows of the two large tables, read by hand: a command that only looks must not wait until a query expression is compiled.
/// </summary>
internal static class Rows
{
    /// <summary>The condition that a column begins with the parameter "prefix".</summary>
    public static string Begins(string column) => $"substr({column}, 1, length(@prefix)) = @prefix";

    /// <summary>A time of the store, in milliseconds since 1970.</summary>
    public static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    /// <summary>A lease of the store; null where the column has none.</summary>
    public static LeaseId? LeaseOrNull(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : LeaseId.Parse(row.GetString(column));

    /// <summary>The columns of <see cref="Sweep"/>.</summary>
    public const string SweepColumns =
        "id, cluster, name, state, submitted_ms, ordinal, priority, parallel, pool, submitted_by, total_jobs, spec_json, plan_format, "
            + "plan_json, stops, trainer, supersedes, note, tags, ended_ms";

    /// <summary>The columns of <see cref="Job"/>.</summary>
    public static readonly string JobColumns =
        "sweep_id, position, job_id, pack, state, attempt, faults, losses, epoch, loss, context_tokens, lease, worker, environment, "
            + $"started_ms, error, cached_from, cache_check, flags, {ResultColumns.Select()}";

    /// <summary>A sweep.</summary>
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

    /// <summary>A job.</summary>
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

    /// <summary>Reads the columns of a row one after the other.</summary>
    private struct Columns(DbDataReader row)
    {
        /// <summary>Index of the column that is read next.</summary>
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
