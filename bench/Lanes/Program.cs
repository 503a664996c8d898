// Jobs per hour of one worker over the number of lanes, with random weights of tiny-clip's or ViT-B/16's size on images of noise.
// Run: dotnet run -c Release --project bench/Lanes -- [tiny|vit-b16] [CLASSES] [ITERATIONS] [THREADS] [cpu|cuda]
using System.Globalization;
using AdaptCluster.Bench;
using AdaptCluster.Training.Jobs;
using TorchSharp;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string Argument(int index, string otherwise) => args.Length > index ? args[index] : otherwise;
var (size, classes, iterations) = (Argument(0, "tiny"), int.Parse(Argument(1, "10")), int.Parse(Argument(2, "60")));
torch.set_num_threads(int.Parse(Argument(3, "1")));
var device = Argument(4, "cpu");
using var model = RandomClip.Load(RandomClip.Of(size), device == "cuda" ? torch.CUDA : torch.CPU);
Console.WriteLine(
    $"{size}, {classes} classes, batch 4, all context tokens, {torch.get_num_threads()} threads, {device}, torch {torch.__version__}");
Console.WriteLine();
Console.WriteLine("| lanes | ms per step | ms per iteration of a job | jobs per hour over one lane |");
Console.WriteLine("| ---: | ---: | ---: | ---: |");
var widths = size == "tiny" || device == "cuda" ? new[] { 1, 2, 4, 8, 16, 32, 64 } : [1, 2, 4];
// Interleaved, so that a machine that changes its speed changes it for all.
var times = widths.ToDictionary(lanes => lanes, _ => new List<double>());
for (var round = 0; round < 3; round++)
    foreach (var lanes in widths) times[lanes].Add(Measure(lanes));
var one = Times.Median(times[1]);
foreach (var lanes in widths)
    Console.WriteLine(
        $"| {lanes} | {Times.Median(times[lanes]):F2} | {Times.Median(times[lanes]) / lanes:F2} | "
        + $"{one * lanes / Times.Median(times[lanes]):F2} |");

double Measure(int lanes)
{
    // Two epochs: the first pays for what happens once.
    var data = Noise.Data(classes, trainImages: 4 * iterations, size == "tiny" ? 32 : 224);
    using var runner = new JobRunner(model, new WordLengthTokenizer(model.Config),
        new ScalePreprocessor(model.Config.ImageSize), _ => data);
    var jobs = Enumerable.Range(0, lanes).Select(lane => new Lap(Noise.Job(epochs: 2, learningRate: 0.001 + (lane * 1e-6)))).ToArray();
    runner.Run([.. jobs.Select(lap => new JobRun(lap.Job, null, lap))], new PackOptions { Lanes = lanes });
    return jobs.Sum(lap => lap.SecondEpoch.TotalMilliseconds) / iterations;
}
