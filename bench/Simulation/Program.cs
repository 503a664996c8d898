// A cluster on a virtual clock: the real planner and the real queue (LeaseBook), with workers that only wait and are lost at random.
// Run: dotnet run -c Release --project bench/Simulation -- [WORKERS] [SWEEPS] [SEEDS] [LOSSES PER WORKER AND HOUR]
using System.Diagnostics;
using System.Globalization;
using AdaptCluster.Simulation;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int Whole(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
var (workers, sweeps, seeds) = (Whole(0, 10_000), Whole(1, 10), Whole(2, 910));
var losses = args.Length > 3 ? double.Parse(args[3], CultureInfo.InvariantCulture) : 0.01;

var started = Stopwatch.GetTimestamp();
var cluster = new VirtualCluster(workers, losses, seed: 1);
for (var i = 0; i < sweeps; i++) cluster.Submit(Workload.Plan($"sweep-{i}", seeds));
var report = cluster.Run();
var wall = Stopwatch.GetElapsedTime(started);

Console.WriteLine(
    $"{workers:N0} workers, {sweeps} sweeps, {report.Jobs:N0} jobs in {report.Packs:N0} packs, {losses:P1} of the workers lost per hour");
Console.WriteLine();
Console.WriteLine("| measure | value |");
Console.WriteLine("| --- | ---: |");
void Row(string name, string value) => Console.WriteLine($"| {name} | {value} |");
Row("virtual time", $"{report.Makespan.TotalHours:F1} h");
Row("ideal: all work spread evenly over workers that are never lost", $"{report.Ideal.TotalHours:F1} h");
Row("makespan / ideal", $"{report.Makespan / report.Ideal:F3}");
Row("makespan / the longest pack by itself", $"{report.Makespan / report.LongestPack:F3}");
Row("workers lost", $"{report.Losses:N0}");
Row("work done twice, since it was younger than the last epoch", $"{report.Wasted / report.Work:P3}");
Row("fairness between sweeps (Jain's index of leases, mean while all wait)", $"{report.Fairness:F4}");
Row("first sweep ends / last sweep ends", $"{report.FirstEnd / report.Makespan:F3}");
Row("leases granted", $"{report.Leases:N0}");
Row("leases in the busiest second (the start)", $"{report.LeasesInBusiestSecond:N0}");
Row("leases per second, mean after the start", $"{report.Leases / report.Makespan.TotalSeconds:F2}");
Row("renewals per second at the queue (every 2 s)", $"{workers / 2.0:N0}");
Row("epochs reported", $"{report.Epochs:N0}");
Row("epoch reports in the busiest hour, per second, all sweeps", $"{report.ReportsInBusiestHour / 3600.0:N0}");
Row("the same at the busiest sweep's grain", $"{report.ReportsInBusiestHourOfOneSweep / 3600.0:N0}");
Row("wall-clock time of this program", $"{wall.TotalSeconds:F1} s");
Row("of it in the queue, per lease granted and ended", $"{report.QueueTime.TotalMicroseconds / report.Leases:F1} µs");
