// The tiny sweep by the command that users give, with what jobs share switched off and on, in turns; the tables must be equal.
// Run: dotnet run -c Release --project bench/Sweep -- [--spec examples/tiny.json] [--rounds 3] [--device cpu|cuda]
using System.Diagnostics;
using AdaptCluster.Bench;
using TorchSharp;

var arguments = new BenchArguments(args);
var root = new DirectoryInfo(AppContext.BaseDirectory);
while (!File.Exists(Path.Combine(root.FullName, "AdaptCluster.sln")))
    root = root.Parent ?? throw new DirectoryNotFoundException("Run it inside the repository.");
var command = Path.Combine(root.FullName, "sweep");
var spec = Path.GetFullPath(arguments.Text("--spec", Path.Combine(root.FullName, "examples", "tiny.json")));
var (rounds, device) = (arguments.Number("--rounds", 3), arguments.Device().type == DeviceType.CUDA ? "cuda" : "cpu");
arguments.End();
(string Name, string Lanes, string ShareTrunks)[] ways =
    [("nothing", "1", "false"), ("beginnings", "1", "true"), ("steps", "16", "false"), ("both", "16", "true")];

// Builds it, which is no part of the measurement.
await RunAsync(Path.GetTempPath(), ways[0], "--version");
var seconds = ways.ToDictionary(way => way.Name, _ => new List<double>());
string? table = null;
for (var round = 0; round < rounds; round++)
{
    foreach (var way in ways)
    {
        var home = Directory.CreateTempSubdirectory("adaptcluster-bench-").FullName;
        try
        {
            var started = Stopwatch.GetTimestamp();
            await RunAsync(home, way, "submit", spec);
            seconds[way.Name].Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            var found = await RunAsync(home, way, "results", "latest", "--format", "csv");
            table ??= found;
            if (found != table)
                throw new InvalidOperationException(
                    $"Sharing {way.Name} gives another "
                    + $"table:{Environment.NewLine}{found}{Environment.NewLine}than:{Environment.NewLine}{table}");
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
Console.WriteLine($"{Path.GetFileName(spec)}, {Environment.ProcessorCount} cores, {device}, {rounds} rounds, one table");
Console.WriteLine();
Console.WriteLine("| jobs share | s | times as fast |");
Console.WriteLine("| --- | ---: | ---: |");
var none = Times.Median(seconds["nothing"]);
foreach (var (name, took) in seconds) Console.WriteLine($"| {name} | {Times.Median(took):F1} | {none / Times.Median(took):F2} |");

async Task<string> RunAsync(string home, (string Name, string Lanes, string ShareTrunks) way, params string[] arguments)
{
    var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, WorkingDirectory = root.FullName };
    start.Environment["ADAPTCLUSTER_HOME"] = home;
    start.Environment["ADAPTCLUSTER_DEVICE"] = device;
    start.Environment["ADAPTCLUSTER_LANES"] = way.Lanes;
    start.Environment["ADAPTCLUSTER_SHARETRUNKS"] = way.ShareTrunks;
    using var process = Process.Start(start)!;
    var output = await process.StandardOutput.ReadToEndAsync();
    await process.WaitForExitAsync();
    return process.ExitCode == 0 ? output : throw new InvalidOperationException(
        $"sweep {string.Join(' ', arguments)} ended with {process.ExitCode}.");
}
