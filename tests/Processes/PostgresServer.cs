using System.Diagnostics;
using Npgsql;

namespace AdaptCluster.Tests;

/// <summary>
/// A PostgreSQL server of the tests' own: on a free loopback port, with its data in a temporary folder, stopped and deleted at the end.
/// Where no server is installed the tests that need it skip and say so.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-postgres-").FullName;
    private readonly int _port = FreePort.Find();
    private int _databases;

    /// <summary>Why there is no server; null when there is one.</summary>
    public string? Missing { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (Binaries() is null)
        {
            Missing = "PostgreSQL is not installed (package postgresql), so the tests on it did not run.";
            return;
        }
        // The server refuses to run as root, and its folder must belong to whoever runs it.
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", _folder);
        await ServerAsync("initdb", "--pgdata", Data, "--auth", "trust", "--username", "adaptcluster", "--encoding",
            "UTF8", "--locale", "C");
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Missing is null) await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the server, at first and after <see cref="StopAsync"/>.</summary>
    public Task StartAsync() => ServerAsync("pg_ctl", "--pgdata", Data, "--wait", "--silent", "--log", Path.Combine(_folder, "log"),
        "--options", $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories={_folder} -c max_connections=200", "start");

    /// <summary>Stops the server as a crash does: connections are cut, nothing is flushed that was not committed.</summary>
    public Task StopAsync() => ServerAsync("pg_ctl", "--pgdata", Data, "--wait", "--silent", "--mode", "immediate", "stop");

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Where it listens on the loopback interface.</summary>
    public int Port => _port;

    /// <summary>Makes a database refuse writes, as one that has failed over and is not promoted yet does, or take them again.</summary>
    public async Task SetReadOnlyAsync(string connectionString, bool isReadOnly)
    {
        await using (var connection = await OpenAsync())
        {
            await using var command = new NpgsqlCommand(
                $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database} SET default_transaction_read_only = "
                + $"{(isReadOnly ? "on" : "off")}", connection);
            await command.ExecuteNonQueryAsync();
        }
        // The setting is a connection's from its beginning.
        await CutConnectionsAsync(connectionString);
    }

    /// <summary>Cuts all connections to a database.</summary>
    public async Task CutConnectionsAsync(string connectionString)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = new NpgsqlConnectionStringBuilder(connectionString).Database });
        await command.ExecuteNonQueryAsync();
    }

    // The tests' own connections wait as long as a busy machine needs; the program's give up after what a test sets for them.
    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(ConnectionString("postgres")) { Pooling = false, Timeout = 120 }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private string Data => Path.Combine(_folder, "data");

    private string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = _port,
            Database = database,
            Username = "adaptcluster",
            Timeout = 5,
            MaxPoolSize = 15
        }.ConnectionString;

    private static string? Binaries()
    {
        const string debian = "/usr/lib/postgresql";
        string[] versions = Directory.Exists(debian) ? Directory.GetDirectories(debian) : [];
        return Path.GetDirectoryName(
            Programs.Find("initdb", versions.Select(version => Path.Combine(version, "bin")).OrderDescending(StringComparer.Ordinal)));
    }

    private Task ServerAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(Binaries()!, program);
        return Environment.IsPrivilegedProcess ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        // Not redirected: a server that lives on would hold the pipes open.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh",
            ["-c", "exec \"$@\" >/dev/null 2>\"$0\"", Path.Combine(_folder, "errors"), program, .. arguments])
        { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode == 0) return;
        var errors = await File.ReadAllTextAsync(Path.Combine(_folder, "errors"));
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}: {errors}");
    }
}
