// Makes a home with ended sweeps, by a silo whose jobs do nothing: what bench/commands and bench/predictions measure the commands on.
// Run: CommandHomes FOLDER SWEEPS [IMAGES]   IMAGES: what each job predicts for so many test images is kept
using System.Globalization;
using AdaptCluster.Bench;
using AdaptCluster.CommandHomes;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Workers;

if (args is not [var folder, var number, .. var more] || more.Length > 1)
{
    Console.Error.WriteLine("usage: CommandHomes FOLDER SWEEPS [IMAGES]");
    return 2;
}
if (!HomeLock.TryTake(folder, out var home)) throw new InvalidOperationException($"{folder} is held.");
var settings = NothingToDo.Settings(folder, "homes", workers: 2);
var drawn = more is [var images] ? new DrawnPredictions(int.Parse(images, CultureInfo.InvariantCulture)) : null;
await using var silo = await SiloHost.StartAsync(settings, home, CancellationToken.None, services =>
{
    NothingToDo.Replace(services);
    if (drawn is not null) services.AddTransient<IJobExecutor>(_ => new NoExecutor(drawn.Next));
});
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
