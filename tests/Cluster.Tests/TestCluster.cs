using System.Diagnostics;
using System.Text.RegularExpressions;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]
// Two cores run one cluster at a time, and the faults of one test shall not hit another's database.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace AdaptCluster.Cluster.Tests;

/// <summary>A cluster of silo processes on a database of its own. Every process ends with it.</summary>
internal sealed partial class TestCluster : IAsyncDisposable
{
    private readonly TemporaryHome _home = new();
    private readonly Dictionary<string, (SweepProcess Process, string Role)> _silos = [];

    private TestCluster(string connectionString)
    {
        ConnectionString = connectionString;
        _home.Environment["ADAPTCLUSTER_STORE__CONNECTIONSTRING"] = connectionString;
        _home.Environment["ADAPTCLUSTER_CLUSTER__SILOPORT"] = "0";
        _home.Environment["ADAPTCLUSTER_CLUSTER__GATEWAYPORT"] = "0";
        // Quicker than in service, so that a test need not wait a minute for each fault.
        _home.Environment["ADAPTCLUSTER_CLUSTER__PROBESECONDS"] = "1";
        _home.Environment["ADAPTCLUSTER_LEASE__DURATIONSECONDS"] = "6";
        _home.Environment["ADAPTCLUSTER_LEASE__RENEWSECONDS"] = "1";
        _home.Environment["ADAPTCLUSTER_WORKERS"] = "1";
    }

    public string ConnectionString { get; }

    /// <summary>The command that silos and clients run.</summary>
    public string Program { get; set; } = SweepProcess.Program;

    public IReadOnlyCollection<string> Names => _silos.Keys;

    public SweepProcess this[string name] => _silos[name].Process;

    /// <summary>Gives the silos that start from now on a setting.</summary>
    public void Set(string variable, string value) => _home.Environment[variable] = value;

    /// <summary>Where a silo answers HTTP, as it says itself.</summary>
    public Uri Http(string name) => new(HttpAddress().Match(this[name].Error) is { Success: true } match ? match.Value : throw new InvalidOperationException($"{name} does not say where: {Logs()}"));

    /// <summary>Makes the database and its tables.</summary>
    public static async Task<TestCluster> CreateAsync(PostgresServer server, string? program = null)
    {
        var cluster = new TestCluster(await server.CreateDatabaseAsync());
        cluster.Program = program ?? cluster.Program;
        var migrated = await cluster.RunAsync("db", "migrate");
        Assert.True(migrated.Code == 0, migrated.Error);
        return cluster;
    }

    /// <summary>Another cluster on the same database.</summary>
    /// <param name="id">Its id.</param>
    public TestCluster Beside(string id)
    {
        var other = new TestCluster(ConnectionString) { Program = Program };
        other.Set("ADAPTCLUSTER_CLUSTER__ID", id);
        return other;
    }

    /// <summary>Starts a silo process and waits until it is a member.</summary>
    public async Task StartAsync(string name, string role = "all", params (string Name, string Value)[] settings)
    {
        Launch(name, role, settings);
        await this[name].WaitForErrorAsync("silo ready");
    }

    /// <summary>Starts a silo process, also in place of one that has ended.</summary>
    public void Launch(string name, string role, params (string Name, string Value)[] settings)
    {
        if (_silos.Remove(name, out var old)) old.Process.Dispose();
        var shared = _home.Environment.ToList();
        foreach (var (key, value) in settings.Append(("ADAPTCLUSTER_NAME", name)).Append(("ADAPTCLUSTER_ROLE", role))) _home.Environment[key] = value;
        _silos[name] = (SweepProcess.Start(_home, Program, ["serve"]), role);
        _home.Environment.Clear();
        foreach (var (key, value) in shared) _home.Environment[key] = value;
    }

    /// <summary>Starts those again that have ended, as an orchestrator does.</summary>
    public void Supervise()
    {
        foreach (var (name, (process, role)) in _silos.ToList())
            if (process.HasExited) Launch(name, role);
    }

    /// <summary>Runs a command of the client against the cluster.</summary>
    public async Task<SweepProcess.Ended> RunAsync(params string[] arguments)
    {
        _home.Environment["ADAPTCLUSTER_CLUSTER"] = ConnectionString;
        using var process = SweepProcess.Start(_home, Program, arguments);
        _home.Environment["ADAPTCLUSTER_CLUSTER"] = "";
        return await process.EndAsync();
    }

    /// <summary>Submits a spec.</summary>
    /// <returns>The sweep's id.</returns>
    public async Task<string> SubmitAsync(string spec, params string[] options)
    {
        var submitted = await RunAsync(["submit", _home.Write("spec.json", spec), .. options]);
        Assert.True(submitted.Code == 0, submitted.Error);
        return submitted.Output;
    }

    /// <summary>Waits until a sweep is in a state.</summary>
    public async Task WaitAsync(string sweep, string state, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var status = await RunAsync("status", sweep, "--json");
            if (status.Code == 0 && (string?)status.Json["summary"]!["state"] == state) return;
            if (Stopwatch.GetElapsedTime(started) > limit) throw new TimeoutException($"{sweep} is not {state} after {limit}: {status.Output} {status.Error}\n{Logs()}");
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    /// <summary>Reads a number from the store.</summary>
    public async Task<long> CountAsync(string query) => Convert.ToInt64(await ScalarAsync(query), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads a text from the store.</summary>
    public async Task<string> TextAsync(string query) => (string)(await ScalarAsync(query))!;

    private async Task<object?> ScalarAsync(string query)
    {
        // Not from a pool: the faults of some tests cut connections.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(query, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Waits until a query over the store gives at least a number.</summary>
    public async Task WaitForCountAsync(string query, long least, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        while (await CountAsync(query) < least)
        {
            if (Stopwatch.GetElapsedTime(started) > limit) throw new TimeoutException($"less than {least} after {limit}: {query}\n{Logs()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    /// <summary>What the silos wrote, for the message of a test that fails.</summary>
    public string Logs() => string.Join("\n", _silos.Select(silo => $"--- {silo.Key}: {string.Join('\n', silo.Value.Process.Error.Split('\n').TakeLast(60))}"));

    public ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _silos.Values) process.Dispose();
        NpgsqlConnection.ClearAllPools();
        _home.Dispose();
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex(@"(?<=silo ready: .*)http://127\.0\.0\.1:\d+")]
    private static partial Regex HttpAddress();
}
