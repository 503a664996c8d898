using System.Data.Common;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using Npgsql;
using NpgsqlTypes;

namespace AdaptCluster.Storage;

/// <summary>
/// Inserts the job rows of a new sweep in the fastest way for each database: a COPY stream on PostgreSQL, one prepared statement on SQLite.
/// </summary>
internal static class JobLoader
{
    /// <summary>Inserts the rows of all jobs.</summary>
    /// <param name="connection">The connection to the store.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="useCache">Whether jobs can reuse other jobs' trained prompts.</param>
    public static Task LoadAsync(DbConnection connection, DbTransaction transaction, SweepId sweep, SweepPlan plan, bool useCache)
    {
        var check = useCache ? CacheCheck.None : CacheCheck.Unused;
        return connection is NpgsqlConnection postgres ? CopyAsync(postgres, sweep, plan, check)
            : InsertAsync(connection, transaction, sweep, plan, check);
    }

    private static async Task CopyAsync(NpgsqlConnection postgres, SweepId sweep, SweepPlan plan, CacheCheck check)
    {
        await using var writer = await postgres.BeginBinaryImportAsync(
            "COPY jobs (sweep_id, position, job_id, trained_id, pack, cache_check, state, attempt, faults, losses, epoch) "
            + "FROM STDIN (FORMAT BINARY)");
        writer.Timeout = StatementTime.WholeSweep;
        foreach (var position in plan.Positions)
        {
            await writer.StartRowAsync();
            await writer.WriteAsync(sweep.Value, NpgsqlDbType.Text);
            await writer.WriteAsync(position.Value, NpgsqlDbType.Integer);
            await writer.WriteAsync(JobIdentity.Of(plan, position).Value, NpgsqlDbType.Text);
            if (JobIdentity.TrainedOf(plan, position) is { } trained) await writer.WriteAsync(trained.Value, NpgsqlDbType.Text);
            else await writer.WriteNullAsync();
            await writer.WriteAsync(plan.Pack(position).Value, NpgsqlDbType.Integer);
            await writer.WriteAsync((int)check, NpgsqlDbType.Integer);
            for (var zero = 0; zero < 5; zero++) await writer.WriteAsync(0, NpgsqlDbType.Integer);
        }
        await writer.CompleteAsync();
    }

    private static async Task InsertAsync(
        DbConnection connection, DbTransaction transaction, SweepId sweep, SweepPlan plan, CacheCheck check)
    {
        await using var command = connection.Command(transaction, $"""
            INSERT INTO jobs (sweep_id, position, job_id, trained_id, pack, cache_check, state, attempt, faults, losses, epoch)
            VALUES (@sweep, @position, @job, @trained, @pack, {(int)check}, 0, 0, 0, 0, 0)
            """).With(("sweep", sweep.Value), ("position", 0), ("job", ""), ("trained", null), ("pack", 0));
        foreach (var position in plan.Positions)
        {
            command.Parameters["position"].Value = position.Value;
            command.Parameters["job"].Value = JobIdentity.Of(plan, position).Value;
            command.Parameters["trained"].Value = (object?)JobIdentity.TrainedOf(plan, position)?.Value ?? DBNull.Value;
            command.Parameters["pack"].Value = plan.Pack(position).Value;
            await command.ExecuteNonQueryAsync();
        }
    }
}
