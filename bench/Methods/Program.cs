// One iteration of each method, update included, the trainer's against a plain version that computes all 77 tokens of every text and keeps
// nothing. Run: dotnet run -c Release --project bench/Methods -- [--size vit-b16|tiny] [--classes 10] [--batch 4] [--rounds 3]
// [--threads 2] [--plain true|false] [--device cpu|cuda] [--json FILE]
using AdaptCluster.Bench;
using AdaptCluster.Reference;
using AdaptCluster.Training.Backbones.Clip;
using TorchSharp;

var arguments = new BenchArguments(args);
var (size, classes, batch) = (arguments.Text("--size", "vit-b16"), arguments.Number("--classes", 10), arguments.Number("--batch", 4));
var (rounds, threads, both) = (arguments.Number("--rounds", 3), arguments.Number("--threads", 2), arguments.Flag("--plain", true));
var device = arguments.Device();
torch.set_num_threads(threads);
var config = RandomClip.Of(size);
var weights = new Dictionary<string, torch.Tensor>();
using var model = RandomClip.Load(config, device, folder =>
{
    foreach (var (name, weight) in ClipWeights.Load(folder, config)) weights[name] = weight.to(device);
});
var table = arguments.Table($"Methods: {size}, {classes} classes, batch {batch}, {Machine.Describe(device)}",
    both ? ["method", "plain, s", "ours, s", "ratio"] : ["method", "an iteration, s"]);
arguments.End();
using var bench = new MethodBench(model, new PlainClip(config, weights), classes, batch);
foreach (var measured in bench.Methods)
{
    var (ours, plain) = (new List<double>(), new List<double>());
    for (var round = 0; round <= rounds; round++)
    {
        var (a, b) = (Clock.Seconds(device, measured.Ours), both ? Clock.Seconds(device, measured.Plain) : 0);
        // The first round is thrown away: memory and code are new.
        if (round == 0) continue;
        ours.Add(a);
        plain.Add(b);
    }
    var seconds = Times.Median(ours);
    if (both) table.Row($"{measured.Name}", $"{Times.Median(plain):F4}", $"{seconds:F4}", $"{Times.Median(plain) / seconds:F2}");
    else table.Row($"{measured.Name}", $"{seconds:F4}");
}
foreach (var weight in weights.Values) weight.Dispose();
