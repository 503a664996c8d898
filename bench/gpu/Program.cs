// What bench/gpu/run measures beside the other benches. Run: dotnet run -c Release --project bench/gpu -- COMMAND [--device cpu|cuda]
//   peaks       matrix products in each precision [--json FILE]
//   evaluation  images a second, decoded photos and pixels in memory [--size vit-b16|tiny] [--images 2000] [--threads 2]
//               [--precision float32,tf32,bfloat16] [--json FILE]
//   preparation CPU seconds of evaluations beside the model, of jobs one by one and together [--images 2000] [--jobs 1,4,12] [--json FILE]
//   snapshot    a backbone of ViT-B/16's size with random weights, for whole sweeps [--from models/tiny-clip, for its words] [--out DIR]
using AdaptCluster.Bench;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Libtorch;
using TorchSharp;

var command = args.FirstOrDefault();
var arguments = new BenchArguments([.. args.Skip(1)]);
var device = arguments.Device();
switch (command)
{
    case "peaks":
        Peaks();
        break;
    case "evaluation":
        EvaluationBench.Run(arguments, device);
        break;
    case "preparation":
        PreparationBench.Run(arguments);
        break;
    case "snapshot":
        Snapshot(arguments.Text("--from", Path.Combine("models", "tiny-clip")), arguments.Text("--out", "vit-b16"));
        break;
    default:
        throw new ArgumentException($"found '{command}'; write peaks, evaluation, preparation or snapshot.");
}

void Peaks()
{
    foreach (var gpu in device.type == DeviceType.CUDA ? Gpu.All() : []) Console.WriteLine($"{gpu}\n");
    using var table = arguments.Table($"Peaks: matrix products, {Machine.Describe(device)}", "precision", "TFLOP/s");
    arguments.End();
    foreach (var precision in Enum.GetValues<Precision>())
        table.Row($"{AdaptClusterJson.Name(precision)}", $"{MatrixPeak.Measure(device, precision) / 1e12:F3}");
}

void Snapshot(string words, string folder)
{
    arguments.End();
    Directory.CreateDirectory(folder);
    var vocabulary = ClipConfig.Load(Path.Combine(words, ClipConfig.FileName)).VocabularySize;
    using (var model = ClipModel.CreateRandom(RandomClip.Of("vit-b16") with { VocabularySize = vocabulary }, seed: 1)) model.Save(folder);
    foreach (var name in (string[])["vocab.json", "merges.txt"])
        File.Copy(Path.Combine(words, name), Path.Combine(folder, name), overwrite: true);
}
