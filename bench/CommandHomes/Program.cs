// Makes a home with ended sweeps, by a silo whose jobs do nothing: what bench/commands measures the commands on.
// Run: CommandHomes FOLDER SWEEPS
using System.Globalization;
using AdaptCluster.Bench;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Hosting;

if (args is not [var folder, var number])
{
    Console.Error.WriteLine("usage: CommandHomes FOLDER SWEEPS");
    return 2;
}
if (!HomeLock.TryTake(folder, out var home)) throw new InvalidOperationException($"{folder} is held.");
var settings = NothingToDo.Settings(folder, "homes", workers: 2);
await using var silo = await SiloHost.StartAsync(settings, home, CancellationToken.None, NothingToDo.Replace);
for (var i = 1; i <= int.Parse(number, CultureInfo.InvariantCulture); i++)
{
    // The size of the table in examples/table1.json: 11 data sets, three seeds, 231 jobs.
    var sets = string.Join(", ", Enumerable.Range(0, 11).Select(set => $"\"set-{set}\""));
    var spec = $$"""
        {"name": "sweep-{{i}}", "seeds": [1, 2, 3], "datasets": [{{sets}}],
         "arms": [{"method": "zero-shot"}, {"method": "lamm"}, {"method": "adapt", "tTarget": [16, 32, 64, 128, 256]},
                  {"method": "adapt", "tTarget": {"adaptive": [16, 32, 64, 128, 256]} }]}
        """;
    var id = await silo.Client.GetGrain<IFrontGrain>(0).SubmitAsync(spec, "spec.json", new SubmitOptions { UseCache = false });
    var sweep = silo.Client.GetGrain<ISweepGrain>(id.Value);
    SweepState state;
    while ((state = (await sweep.StatusAsync()).Summary.State) == SweepState.Running) await Task.Delay(20);
    if (state != SweepState.Completed) throw new InvalidOperationException($"{id} is {state}.");
}
return 0;
