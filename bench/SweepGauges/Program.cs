// The gauges of sweeps over the life of a control silo: sweeps with a table of eleven sets, one after the other, whose jobs do nothing, and
// after each hundred what /metrics shows and what the silo takes. A clock that goes faster makes ended sweeps leave as they do in days.
// Run: bench/sweep-gauges [SWEEPS] [CLOCK SPEED] [ARMS]
using System.Diagnostics;
using System.Globalization;
using AdaptCluster.Bench;
using AdaptCluster.Bench.SweepGauges;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Http;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int Whole(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
var (sweeps, clock, arms) = (Whole(0, 2000), new FastClock(Whole(1, 10)), Whole(2, 10));
const int sets = 11, showEvery = 100;
var folder = Directory.CreateTempSubdirectory("adaptcluster-gauges-").FullName;
try
{
    if (!HomeLock.TryTake(folder, out var home)) throw new InvalidOperationException($"{folder} is held.");
    var settings = NothingToDo.Settings(folder, "gauges", workers: 4);
    await using var silo = await SiloHost.StartAsync(settings, home, CancellationToken.None, services =>
    {
        NothingToDo.Replace(services);
        services.AddSingleton<TimeProvider>(clock);
    }, new ServingSettings(new HttpSettings { Port = 0 }, Otlp: null));
    using var client = new HttpClient { BaseAddress = silo.Http };
    Console.WriteLine(
        "| sweeps | series of sweeps and cells | left out | newest sweep's cells | scrape KiB | scrape ms | heap MiB | RSS MiB |");
    Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (var i = 1; i <= sweeps; i++)
    {
        var id = await RunAsync(silo, i, arms);
        if (i % showEvery == 0) await ShowAsync(client, i, id, 2 * sets * arms);
    }
    return 0;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static async Task<SweepId> RunAsync(SiloHost silo, int number, int arms)
{
    var names = string.Join(", ", Enumerable.Range(0, sets).Select(i => $"\"set-{i}\""));
    var targets = string.Join(", ", Enumerable.Range(1, arms));
    var spec =
        $$"""{"name": "gauges-{{number}}", "seeds": [1], "datasets": [{{names}}], "arms": [{"method": "adapt", "tTarget": [{{targets}}]}]}""";
    var id = await silo.Client.GetGrain<IFrontGrain>(0).SubmitAsync(spec, "gauges.json", new SubmitOptions { UseCache = false });
    var sweep = silo.Client.GetGrain<ISweepGrain>(id.Value);
    while ((await sweep.StatusAsync()).Summary.State != SweepState.Completed) await Task.Delay(20);
    return id;
}

static async Task ShowAsync(HttpClient client, int number, SweepId newest, int expected)
{
    for (var tries = 0; ; tries++)
    {
        var asked = Stopwatch.GetTimestamp();
        var text = await client.GetStringAsync("/metrics");
        var took = Stopwatch.GetElapsedTime(asked);
        var lines = text.Split('\n');
        if (Array.Exists(lines, line => line.Contains("otel_metric_overflow", StringComparison.Ordinal)))
            throw new InvalidOperationException("A series has gone into the overflow.");
        var own = Array.FindAll(lines, line => line.Contains($"{{sweep=\"{newest}\"", StringComparison.Ordinal));
        var cells = own.Count(line => line.StartsWith("adaptcluster_cell_", StringComparison.Ordinal)
            && line.EndsWith(" 0.5", StringComparison.Ordinal));
        // A table is shown within two seconds of its last result.
        if (cells < expected && tries < 200)
        {
            await Task.Delay(50);
            continue;
        }
        if (cells != expected) throw new InvalidOperationException($"{cells} cells of {newest} are shown.");
        var all = lines.Count(line => line.Contains("{sweep=\"", StringComparison.Ordinal));
        var left = Array.Find(lines, line => line.StartsWith("adaptcluster_metrics_series_left_out", StringComparison.Ordinal));
        GC.Collect();
        Console.WriteLine(
            $"| {number:N0} | {all:N0} | {left?.Split(' ')[1] ?? "-"} | {cells} of {expected} | {text.Length >> 10:N0} "
            + $"| {took.TotalMilliseconds:F0} | {GC.GetTotalMemory(false) >> 20:N0} | {PeakMemory.Resident() >> 20:N0} |");
        return;
    }
}
