// Jobs per second through submit, lease and result, with jobs that do nothing: what the grains, the queue and the store cost. Run:
// bench/scale, which also starts a PostgreSQL server; or dotnet run -c Release --project bench/ScaleRun -- STORE JOBS... where STORE is
// "sqlite" or a PostgreSQL connection string. --workers N takes so many workers (4), and --answer-ms M makes each answer of PostgreSQL take
// so much longer.
using System.Diagnostics;
using System.Globalization;
using AdaptCluster.Bench;
using AdaptCluster.Bench.ScaleRun;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Http;
using AdaptCluster.Tests;
using Npgsql;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (workers, answer) = (Option("--workers", 4), TimeSpan.FromMilliseconds(Option("--answer-ms", 0)));
args = [.. args.Where((word, i) => !word.StartsWith("--", StringComparison.Ordinal)
    && (i == 0 || !args[i - 1].StartsWith("--", StringComparison.Ordinal)))];
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: Scale sqlite|CONNECTIONSTRING JOBS... [--workers N] [--answer-ms M]");
    return 2;
}
await using var proxy = answer > TimeSpan.Zero ? new LoopbackProxy(new NpgsqlConnectionStringBuilder(args[0]).Port) : null;
var folder = Directory.CreateTempSubdirectory("adaptcluster-scale-").FullName;
try
{
    await using var silo = await StartAsync(proxy is null ? args[0] : new NpgsqlConnectionStringBuilder(args[0]) { Port = proxy.Port }
        .ConnectionString, folder, workers);
    Console.WriteLine(
        "| store | jobs | submit s | run s | jobs/s in all | status ms: median | 99% | largest | results s | page ms: sweep | silo MiB |");
    Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    // The first sweep warms the program up.
    await MeasureAsync(silo, args[0], 1000, show: false);
    if (proxy is not null) proxy.Delay = answer;
    foreach (var jobs in args[1..]) await MeasureAsync(silo, args[0], int.Parse(jobs, CultureInfo.InvariantCulture), show: true);
    return 0;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

int Option(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
    ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

static async Task<SiloHost> StartAsync(string store, string folder, int workers)
{
    var settings = NothingToDo.Settings(folder, "scale", workers);
    var serving = new ServingSettings(new HttpSettings { Port = 0 }, Otlp: null);
    if (store != "sqlite")
    {
        Environment.SetEnvironmentVariable("ADAPTCLUSTER_STORE__CONNECTIONSTRING", store);
        Environment.SetEnvironmentVariable("ADAPTCLUSTER_CLUSTER__SILOPORT", "0");
        Environment.SetEnvironmentVariable("ADAPTCLUSTER_CLUSTER__GATEWAYPORT", "0");
        await Database.MigrateAsync(store);
        return await SiloHost.JoinAsync(
            settings, HostSettings.FromEnvironment().Silo.Cluster!, CancellationToken.None, NothingToDo.Replace, serving);
    }
    if (!HomeLock.TryTake(folder, out var home)) throw new InvalidOperationException($"{folder} is held.");
    return await SiloHost.StartAsync(settings, home, CancellationToken.None, NothingToDo.Replace, serving);
}

static async Task MeasureAsync(SiloHost silo, string store, int jobs, bool show)
{
    // 10 data sets × 100 T_targets × as many seeds as it takes: packs of 100 jobs at every size.
    var seeds = string.Join(", ", Enumerable.Range(0, jobs / 1000));
    var sets = string.Join(", ", Enumerable.Range(0, 10).Select(i => $"\"set-{i}\""));
    var targets = string.Join(", ", Enumerable.Range(1, 100));
    var spec =
        $$"""{"name": "scale-{{jobs}}-{{Guid.NewGuid():N}}", "seeds": [{{seeds}}], "datasets": [{{sets}}], "arms": [{"method": "adapt", "tTarget": [{{targets}}]}]}""";
    var front = silo.Client.GetGrain<IFrontGrain>(0);
    var started = Stopwatch.GetTimestamp();
    var id = await front.SubmitAsync(spec, "scale.json", new SubmitOptions { UseCache = false });
    var submitted = Stopwatch.GetElapsedTime(started);
    var sweep = silo.Client.GetGrain<ISweepGrain>(id.Value);
    var latencies = new List<double>();
    SweepStatus status;
    do
    {
        await Task.Delay(50);
        var asked = Stopwatch.GetTimestamp();
        status = await sweep.StatusAsync();
        latencies.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
    }
    while (status.Summary.State == SweepState.Running);
    var total = Stopwatch.GetElapsedTime(started);
    if (status.Summary.State != SweepState.Completed || status.Summary.Jobs.Completed != jobs)
        throw new InvalidOperationException($"{status.Summary.State}: {status.Summary.Jobs}");
    var asking = Stopwatch.GetTimestamp();
    var results = await silo.Client.GetGrain<ICoordinatorGrain>(id.Value).ResultsAsync();
    var table = Stopwatch.GetElapsedTime(asking);
    var log = await sweep.LogAsync(null, null);
    var lost = log.Count(attempt => attempt.Outcome == AttemptOutcome.Lost);
    if (lost > 0 || status.RefusedReports > 0)
        Console.WriteLine($"{lost} attempts lost, {status.RefusedReports} reports refused (of the last {log.Length} events)");
    if (results.Rows.Any(row => row.Average is null)) throw new InvalidOperationException("The table has holes.");
    var page = await PageAsync(silo, id);
    if (!show) return;
    latencies.Sort();
    using var process = Process.GetCurrentProcess();
    Console.WriteLine(
        $"| {(store == "sqlite" ? "SQLite" : "PostgreSQL")} | {jobs:N0} | {submitted.TotalSeconds:F1} | "
        + $"{(total - submitted).TotalSeconds:F1} | {jobs / total.TotalSeconds:N0} "
        + $"| {latencies[latencies.Count / 2]:F1} | {latencies[(int)(latencies.Count * 0.99)]:F1} | {latencies[^1]:F1} | "
            + $"{table.TotalSeconds:F1} | {page.TotalMilliseconds:N0} | {process.WorkingSet64 >> 20:N0} |");
}

// How long the web page of a sweep takes, from the request to its last byte: its table, its curves and its first jobs. The median of five.
static async Task<TimeSpan> PageAsync(SiloHost silo, SweepId id)
{
    using var client = new HttpClient { BaseAddress = silo.Http };
    var times = new List<TimeSpan>();
    for (var i = 0; i < 5; i++)
    {
        var asked = Stopwatch.GetTimestamp();
        var page = await client.GetStringAsync($"/sweeps/{id.Value}");
        times.Add(Stopwatch.GetElapsedTime(asked));
        if (!page.Contains("<table class=\"results\">", StringComparison.Ordinal)
            || !page.Contains($"/sweeps/{id.Value}/jobs/", StringComparison.Ordinal)) throw new InvalidOperationException(
            "The page lacks its table or its jobs.");
    }
    return times.Order().ElementAt(2);
}
