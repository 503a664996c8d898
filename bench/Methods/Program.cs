// One iteration of each method, update included, over the lanes of a step, the trainer's against a plain version that computes all 77
// tokens of every text and keeps nothing. Run: dotnet run -c Release --project bench/Methods -- [--size vit-b16|tiny] [--classes 10]
// [--batch 4] [--lanes 1,3] [--methods coop,vpt] [--rounds 3] [--threads 2] [--plain true|false] [--device cpu|cuda] [--json FILE]
using AdaptCluster.Bench;
using AdaptCluster.Reference;
using AdaptCluster.Training.Backbones.Clip;
using TorchSharp;

var arguments = new BenchArguments(args);
var (size, classes, batch) = (arguments.Text("--size", "vit-b16"), arguments.Number("--classes", 10), arguments.Number("--batch", 4));
var (rounds, threads, both) = (arguments.Number("--rounds", 3), arguments.Number("--threads", 2), arguments.Flag("--plain", true));
var (widths, names) = (arguments.Numbers("--lanes", "1,3"), arguments.Text("--methods", ""));
var device = arguments.Device();
torch.set_num_threads(threads);
var config = RandomClip.Of(size);
var weights = new Dictionary<string, torch.Tensor>();
using var model = RandomClip.Load(config, device, folder =>
{
    foreach (var (name, weight) in ClipWeights.Load(folder, config)) weights[name] = weight.to(device);
});
string[] columns = ["method", "lanes", "ms per step", "ms per iteration of a job"];
var table = arguments.Table($"Methods: {size}, {classes} classes, batch {batch}, {Machine.Describe(device)}",
    both ? [.. columns, "plain, ms", "times as fast as plain"] : columns);
arguments.End();
using var bench = new MethodBench(model, new PlainClip(config, weights), classes, batch, widths.Max());
foreach (var measured in bench.Methods.Where(measured => names.Length == 0 || names.Split(',').Contains(measured.Name)))
{
    // Interleaved, so that a machine that changes its speed changes it for all.
    var (ours, plain) = (widths.ToDictionary(lanes => lanes, _ => new List<double>()), new List<double>());
    for (var round = 0; round <= rounds; round++)
    {
        foreach (var lanes in widths) ours[lanes].Add(1000 * Clock.Seconds(device, () => measured.Ours(lanes)));
        if (both) plain.Add(1000 * Clock.Seconds(device, measured.Plain));
    }
    // The first round is thrown away: memory and code are new.
    double Median(List<double> times) => Times.Median(times[1..]);
    foreach (var lanes in widths)
    {
        var step = Median(ours[lanes]);
        FormattableString[] cells = [$"{measured.Name}", $"{lanes}", $"{step:F1}", $"{step / lanes:F1}"];
        table.Row(both ? [.. cells, $"{Median(plain):F1}", $"{Median(plain) * lanes / step:F2}"] : cells);
    }
}
foreach (var weight in weights.Values) weight.Dispose();
