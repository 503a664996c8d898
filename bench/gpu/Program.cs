// What bench/gpu/run needs beside the other benches. Run: dotnet run -c Release --project bench/gpu -- COMMAND [--device cpu|cuda]
//   machine     the card or the processor, and versions [--json FILE]; fails where there is no such device
//   peaks       matrix products in each precision [--json FILE]
//   evaluation  images a second, decoded photos and pixels in memory [--size vit-b16|tiny] [--images 2000] [--threads 2]
//               [--precision float32,tf32,bfloat16] [--json FILE]
//   precision   how far the other precisions are from float32 [--size tiny|vit-b16 or --backbone DIR] [--classes 10] [--images 16]
//               [--steps 8] [--precision tf32,bfloat16] [--json FILE]
//   preparation CPU seconds of evaluations beside the model, of jobs one by one and together [--images 2000] [--jobs 1,4,12] [--json FILE]
//   snapshot    a backbone of ViT-B/16's size with random weights, for whole sweeps [--from models/tiny-clip, for its words] [--out DIR]
//   photos      a data set of ten classes, for whole sweeps [--train 16] [--val 4] [--test 40] images of each [--out DIR]
//   json        the report's JSON of the lines that the others added to FILE --tables FILE [--out report.json] [--date] [--command]
//               [--version] [--quick true|false]
using AdaptCluster.Bench;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones.Clip;

var arguments = new BenchArguments([.. args.Skip(1)]);
switch (args.FirstOrDefault())
{
    case "machine":
        ShowMachine();
        break;
    case "peaks":
        Peaks();
        break;
    case "evaluation":
        EvaluationBench.Run(arguments, arguments.Device());
        break;
    case "precision":
        PrecisionBench.Run(arguments, arguments.Device());
        break;
    case "preparation":
        PreparationBench.Run(arguments);
        break;
    case "snapshot":
        Snapshot(arguments.Text("--from", Path.Combine("models", "tiny-clip")), arguments.Text("--out", "vit-b16"));
        break;
    case "photos":
        var counts = (arguments.Number("--train", 16), arguments.Number("--val", 4), arguments.Number("--test", 40));
        var to = arguments.Text("--out", "photos");
        arguments.End();
        Photos.Write(to, classes: 10, counts);
        break;
    case "json":
        ReportJson.Write(arguments);
        break;
    default:
        throw new InvalidInputException(
            $"found '{args.FirstOrDefault()}'; write machine, peaks, evaluation, precision, preparation, snapshot, photos or json.");
}

void ShowMachine()
{
    var device = arguments.Device();
    // One multiplication, so that a device that libtorch sees and cannot use fails here.
    Clock.Seconds(device, () => TorchSharp.torch.ones(2, 2, device: device).matmul(TorchSharp.torch.ones(2, 2, device: device)));
    var table = arguments.Table(ReportJson.Machine, "name", "value");
    arguments.End();
    foreach (var (name, value) in MachineFacts.Of(device)) table.Row($"{name}", $"{value}");
}

void Peaks()
{
    var device = arguments.Device();
    var table = arguments.Table($"Peaks: the fastest of several matrix products, {Machine.Describe(device)}", "precision", "TFLOP/s");
    arguments.End();
    foreach (var precision in Enum.GetValues<Precision>())
        table.Row($"{AdaptClusterJson.Name(precision)}", $"{MatrixPeak.Measure(device, precision) / 1e12:G4}");
}

void Snapshot(string words, string folder)
{
    arguments.Device();
    arguments.End();
    Directory.CreateDirectory(folder);
    var vocabulary = ClipConfig.Load(Path.Combine(words, ClipConfig.FileName)).VocabularySize;
    using (var model = ClipModel.CreateRandom(RandomClip.Of("vit-b16") with { VocabularySize = vocabulary }, seed: 1)) model.Save(folder);
    foreach (var name in (string[])["vocab.json", "merges.txt"])
        File.Copy(Path.Combine(words, name), Path.Combine(folder, name), overwrite: true);
}
