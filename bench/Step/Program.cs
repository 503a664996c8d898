// One iteration of Adapt, the trainer's against the plain path's, with random weights of ViT-B/16's size on images of noise. Run: dotnet
// run -c Release --project bench/Step -- [--size vit-b16|tiny] [--classes 10,100,397,1000] [--batch 4] [--rounds 3] [--threads 2] [--plain
// true|false] [--precision float32|bfloat16] [--device cpu|cuda]
using System.Globalization;
using AdaptCluster.Bench;
using AdaptCluster.Training.Backbones.Clip;
using TorchSharp;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var options = StepOptions.Parse(args);
torch.set_num_threads(options.Threads);
var config = RandomClip.Of(options.Size);
var weights = new Dictionary<string, torch.Tensor>();
using var model = RandomClip.Load(config, options.Device, folder =>
{
    foreach (var (name, weight) in ClipWeights.Load(folder, config)) weights[name] = weight.to(options.Device);
});
var peak = MatrixPeak.Measure(options.Device);
Console.WriteLine(
    $"{options.Size}, batch {options.Batch}, {options.Threads} threads, {options.Device}, "
    + $"{options.Precision.ToString().ToLowerInvariant()}, torch {torch.__version__}; float32 products reach {peak / 1e9:F0} GFLOP/s");
Console.WriteLine();
Console.WriteLine(
    "| classes | plain, s | ours, s | ratio | images, s: plain / ours | texts, s: plain / ours | necessary GFLOP | of the "
    + "peak | our memory, MiB |");
Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
foreach (var classes in options.Classes)
{
    using var bench = new StepBench(model, weights, options, classes);
    for (var round = 0; round <= options.Rounds; round++) bench.Round(warmUp: round == 0);
    Console.WriteLine(bench.Row(peak));
}
foreach (var weight in weights.Values) weight.Dispose();
