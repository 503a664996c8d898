// One iteration of Adapt, the trainer's against the plain path's, with random weights of ViT-B/16's size on images of noise. Run: dotnet
// run -c Release --project bench/Step -- [--size vit-b16|tiny] [--classes 10,100,397,1000] [--batch 4] [--rounds 3] [--threads 2] [--plain
// true|false] [--precision float32,tf32,bfloat16] [--device cpu|cuda] [--json FILE]
using AdaptCluster.Bench;
using AdaptCluster.Training.Backbones.Clip;
using TorchSharp;

var arguments = new BenchArguments(args);
var options = StepOptions.Parse(arguments);
torch.set_num_threads(options.Threads);
var config = RandomClip.Of(options.Size);
var weights = new Dictionary<string, torch.Tensor>();
using var model = RandomClip.Load(config, options.Device, folder =>
{
    foreach (var (name, weight) in ClipWeights.Load(folder, config)) weights[name] = weight.to(options.Device);
});
var table = arguments.Table($"Step: {options.Size}, batch {options.Batch}, all context tokens, {Machine.Describe(options.Device)}",
    StepBench.Columns(options));
arguments.End();
foreach (var precision in options.Precisions)
{
    var peak = MatrixPeak.Measure(options.Device, precision);
    foreach (var classes in options.Classes)
    {
        using var bench = new StepBench(model, weights, options, precision, classes);
        for (var round = 0; round <= options.Rounds; round++) bench.Round(warmUp: round == 0);
        bench.WriteRow(table, peak);
    }
}
foreach (var weight in weights.Values) weight.Dispose();
