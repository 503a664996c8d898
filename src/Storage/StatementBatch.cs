using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace AdaptCluster.Storage;

/// <summary>
/// A batch of statements that run in one transaction. PostgreSQL receives them in one round trip. SQLite, which runs in this process,
/// executes them one by one and prepares each distinct statement once. Statements and parameter names are the same for both databases.
/// </summary>
/// <param name="connection">An open connection.</param>
/// <param name="transaction">The connection's transaction.</param>
/// <param name="limit">The time limit for the whole batch on PostgreSQL; null for the connection's setting.</param>
internal sealed class StatementBatch(DbConnection connection, DbTransaction transaction, TimeSpan? limit = null)
{
    private readonly List<(string Text, (string Name, object? Value)[] Parameters)> _statements = [];

    /// <summary>Adds a statement.</summary>
    /// <returns>The index of the statement in the counts that <see cref="ExecuteAsync"/> returns.</returns>
    public int Add(string text, params (string Name, object? Value)[] parameters)
    {
        _statements.Add((text, parameters));
        return _statements.Count - 1;
    }

    /// <summary>Runs all statements in order.</summary>
    /// <returns>The number of rows that each statement changed.</returns>
    public Task<int[]> ExecuteAsync() =>
        _statements.Count == 0 ? Task.FromResult(Array.Empty<int>()) : connection is NpgsqlConnection postgres
            ? TogetherAsync(postgres) : OneByOneAsync();

    private async Task<int[]> TogetherAsync(NpgsqlConnection postgres)
    {
        await using var batch = new NpgsqlBatch(postgres, (NpgsqlTransaction)transaction);
        if (limit is { } time) batch.Timeout = (int)time.TotalSeconds;
        foreach (var (text, parameters) in _statements)
        {
            var command = new NpgsqlBatchCommand(text);
            foreach (var (name, value) in parameters) command.Parameters.Add(new NpgsqlParameter(name, value ?? DBNull.Value));
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync();
        return [.. batch.BatchCommands.Cast<NpgsqlBatchCommand>().Select(command => (int)command.RecordsAffected)];
    }

    private async Task<int[]> OneByOneAsync()
    {
        var prepared = new Dictionary<string, DbCommand>();
        var counts = new int[_statements.Count];
        try
        {
            foreach (var (index, (text, parameters)) in _statements.Index())
            {
                if (!prepared.TryGetValue(text, out var command)) prepared.Add(text, command = connection.Command(transaction, text));
                command.Parameters.Clear();
                command.With(parameters);
                counts[index] = await command.ExecuteNonQueryAsync();
            }
        }
        finally
        {
            foreach (var command in prepared.Values) await command.DisposeAsync();
        }
        return counts;
    }
}

/// <summary>Provides extension methods that run SQL commands through plain ADO.NET.</summary>
internal static class SqlCommands
{
    /// <summary>Creates a command.</summary>
    public static DbCommand Command(this DbConnection connection, DbTransaction? transaction, string text)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (text, transaction);
        return command;
    }

    /// <summary>Returns a SQL condition that is true if a column's value is in a parameter created by <see cref="Array{T}"/>.</summary>
    public static string In(this DbConnection connection, string column, string parameter) =>
        connection is SqliteConnection ? $"{column} IN (SELECT value FROM json_each(@{parameter}))" : $"{column} = ANY(@{parameter})";

    /// <summary>Converts values to a parameter value: an array on PostgreSQL, a JSON array on SQLite.</summary>
    public static object Array<T>(this DbConnection connection, T[] values) where T : notnull => connection is SqliteConnection
        ? $"[{string.Join(',', values.Select(value => value is string text ? $"\"{JsonEncodedText.Encode(text)}\"" : $"{value}"))}]"
            : values;

    /// <summary>Adds parameters to a command. Null is passed as NULL.</summary>
    public static DbCommand With(this DbCommand command, params (string Name, object? Value)[] parameters)
    {
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }
        return command;
    }

    /// <summary>Runs a query and reads its rows.</summary>
    public static async Task<List<T>> QueryAsync<T>(this DbConnection connection, DbTransaction? transaction, string text,
        Func<DbDataReader, T> read, params (string Name, object? Value)[] parameters)
    {
        await using var command = connection.Command(transaction, text).With(parameters);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs a command.</summary>
    /// <returns>The number of rows that the command changed.</returns>
    public static async Task<int> ExecuteAsync(this DbConnection connection, DbTransaction? transaction, string text,
        params (string Name, object? Value)[] parameters)
    {
        await using var command = connection.Command(transaction, text).With(parameters);
        return await command.ExecuteNonQueryAsync();
    }
}
