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
    private MovedClock? _clock;

    private TestCluster(string connectionString, LoopbackProxy? proxy = null)
    {
        ConnectionString = connectionString;
        _home.Environment["ADAPTCLUSTER_STORE__CONNECTIONSTRING"] = proxy is null ? connectionString
            : new NpgsqlConnectionStringBuilder(connectionString) { Port = proxy.Port }.ConnectionString;
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
    public Uri Http(string name) =>
        new(HttpAddress().Match(this[name].Error) is { Success: true } match ? match.Value
            : throw new InvalidOperationException($"{name} does not say where: {Logs()}"));

    /// <summary>Makes the database and its tables.</summary>
    /// <param name="server">The database's server.</param>
    /// <param name="program">The command that silos and clients run; null for the one that was built.</param>
    /// <param name="proxy">What the silos' connections to the database pass; null for nothing.</param>
    public static async Task<TestCluster> CreateAsync(PostgresServer server, string? program = null, LoopbackProxy? proxy = null)
    {
        var cluster = new TestCluster(await server.CreateDatabaseAsync(), proxy);
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
        foreach (var (key, value) in settings.Append(("ADAPTCLUSTER_NAME", name)).Append(("ADAPTCLUSTER_ROLE", role)))
            _home.Environment[key] = value;
        if (_clock is { } clock && role == "control") foreach (var (key, value) in clock.Environment) _home.Environment[key] = value;
        _silos[name] = (SweepProcess.Start(_home, Program, ["serve"]), role);
        _home.Environment.Clear();
        foreach (var (key, value) in shared) _home.Environment[key] = value;
    }

    /// <summary>
    /// Moves the wall clock of control silos that start after the first call, by libfaketime; their monotonic clock stays as it is.
    /// </summary>
    /// <param name="seconds">Such as "-3600", from the true time.</param>
    /// <returns>Whether libfaketime is here.</returns>
    public bool MoveClocks(string seconds)
    {
        _clock ??= MovedClock.Find(_home.Folder);
        _clock?.Move(seconds);
        return _clock is not null;
    }

    /// <summary>Whether control silos have a wall clock that can be moved.</summary>
    public bool HasMovedClocks => _clock is not null;

    /// <summary>
    /// A model root like the usual one, but whoever opens the weights waits for ever, as on a file server that has stopped.
    /// </summary>
    public string SilentModels()
    {
        var root = Path.Combine(_home.Folder, "silent-models");
        var model = Path.Combine(root, "tiny-clip");
        if (Directory.Exists(model)) return root;
        Directory.CreateDirectory(model);
        foreach (var file in Directory.GetFiles(Path.Combine(_home.Environment["ADAPTCLUSTER_MODELS"], "tiny-clip")))
        {
            var copy = Path.Combine(model, Path.GetFileName(file));
            if (Path.GetExtension(file) != ".safetensors") File.Copy(file, copy);
            // A pipe that nobody writes.
            else using (var mkfifo = Process.Start("mkfifo", [copy])) mkfifo.WaitForExit();
        }
        return root;
    }

    /// <summary>Ends a silo for good.</summary>
    public async Task EndAsync(string name)
    {
        if (!_silos.Remove(name, out var silo)) return;
        await silo.Process.SignalAsync("TERM");
        await silo.Process.EndAsync();
        silo.Process.Dispose();
    }

    /// <summary>
    /// Waits until every silo says that it is ready. One that ends meanwhile is started again, as its supervisor does: on a machine that is
    /// too slow to answer probes, a silo that has just come may be voted dead and leave.
    /// </summary>
    public async Task ReadyAsync()
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            Supervise();
            var ready = true;
            foreach (var name in Names) ready &= await TryGetAsync(name, "/health/ready") is not null;
            if (ready) return;
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(5))
                throw new TimeoutException($"not every silo is ready:\n{Logs()}");
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    /// <summary>What a silo shows at /metrics; null when it does not answer.</summary>
    public async Task<PrometheusText?> TryScrapeAsync(string name) =>
        await TryGetAsync(name, "/metrics") is { } text ? PrometheusText.Parse(text) : null;

    /// <summary>Submits a spec once, whatever becomes of it.</summary>
    public Task<SweepProcess.Ended> SubmitOnceAsync(string spec) => RunAsync("submit", _home.Write("by-the-way.json", spec));

    private async Task<string?> TryGetAsync(string name, string path)
    {
        if (!HttpAddress().IsMatch(this[name].Error)) return null;
        try
        {
            using var client = new HttpClient { BaseAddress = Http(name), Timeout = TimeSpan.FromSeconds(5) };
            using var answer = await client.GetAsync(path);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : null;
        }
        // It is gone, or stands still.
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Starts those again that have ended, as an orchestrator does.</summary>
    public void Supervise()
    {
        foreach (var (name, (process, role)) in _silos.ToList())
            if (process.HasExited) Launch(name, role);
    }

    /// <summary>The gateways of silos, as --cluster takes them.</summary>
    public string Gateways(params string[] names) => string.Join(',', names.Select(name =>
        GatewayAddress().Match(this[name].Error) is { Success: true } match ? match.Value
            : throw new InvalidOperationException($"{name} does not say where: {Logs()}")));

    /// <summary>Runs a command of the client against the cluster.</summary>
    public Task<SweepProcess.Ended> RunAsync(params string[] arguments) => RunAtAsync(ConnectionString, arguments);

    /// <summary>Runs a command of the client against gateways or a database.</summary>
    public async Task<SweepProcess.Ended> RunAtAsync(string where, params string[] arguments)
    {
        using var process = StartAt(where, arguments);
        return await process.EndAsync();
    }

    /// <summary>Starts a command of the client against gateways or a database.</summary>
    public SweepProcess StartAt(string where, params string[] arguments)
    {
        _home.Environment["ADAPTCLUSTER_CLUSTER"] = where;
        var process = SweepProcess.Start(_home, Program, arguments);
        _home.Environment["ADAPTCLUSTER_CLUSTER"] = "";
        return process;
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
            if (Stopwatch.GetElapsedTime(started) > limit)
                throw new TimeoutException($"{sweep} is not {state} after {limit}: {status.Output} {status.Error}\n{Logs()}");
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    /// <summary>Waits until a command's output contains a text.</summary>
    public async Task WaitForOutputAsync(string text, TimeSpan limit, params string[] arguments)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            var ended = await RunAsync(arguments);
            if (ended.Output.Contains(text, StringComparison.Ordinal)) return;
            if (Stopwatch.GetElapsedTime(started) > limit)
                throw new TimeoutException($"'{text}' does not appear: {ended.Output} {ended.Error}\n{Logs()}");
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    /// <summary>Reads a number from the store.</summary>
    public async Task<long> CountAsync(string query) =>
        Convert.ToInt64(await ScalarAsync(query), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads a text from the store.</summary>
    public async Task<string> TextAsync(string query) => (string)(await ScalarAsync(query))!;

    private async Task<object?> ScalarAsync(string query)
    {
        // Not from a pool: the faults of some tests cut connections.
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
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
            if (Stopwatch.GetElapsedTime(started) > limit)
                throw new TimeoutException($"less than {least} after {limit}: {query}\n{Logs()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    /// <summary>What the silos wrote, for the message of a test that fails.</summary>
    public string Logs() =>
        string.Join("\n", _silos.Select(silo => $"--- {silo.Key}: {string.Join('\n', silo.Value.Process.Error.Split('\n').TakeLast(60))}"));

    public ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _silos.Values) process.Dispose();
        NpgsqlConnection.ClearAllPools();
        _home.Dispose();
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex(@"(?<=silo ready: .*gateway )127\.0\.0\.1:\d+")]
    private static partial Regex GatewayAddress();

    [GeneratedRegex(@"(?<=silo ready: .*)http://127\.0\.0\.1:\d+")]
    private static partial Regex HttpAddress();
}
