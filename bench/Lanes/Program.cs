// Jobs per hour of one worker over the number of lanes, with random weights of tiny-clip's or ViT-B/16's size on images of noise.
// Run: dotnet run -c Release --project bench/Lanes -- [--size tiny|vit-b16] [--classes 10,100] [--tokens 0,64] [--lanes 1,2,4]
// [--iterations 60] [--rounds 3] [--threads 1] [--precision float32,tf32,bfloat16] [--attention loop,padded] [--device cpu|cuda]
// [--json FILE]
// --iterations is one number, or one for each of --lanes. --tokens 64 measures jobs that are pruned to 64 context tokens in both towers,
// each with a mask of its own; 0 keeps all.
// --attention says what lanes with different masks do: an attention call for each, or one call with padded prompts. Default: what jobs do.
using AdaptCluster.Bench;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Jobs;
using TorchSharp;

const string Padded = "padded";
var arguments = new BenchArguments(args);
var (size, classes, tokens) = (arguments.Text("--size", "tiny"), arguments.Numbers("--classes", "10"), arguments.Numbers("--tokens", "0"));
var (given, rounds, threads) = (arguments.Numbers("--iterations", "60"), arguments.Number("--rounds", 3), arguments.Number("--threads", 1));
var (precisions, device) = (arguments.Precisions("float32"), arguments.Device());
var widths = arguments.Numbers("--lanes", size == "tiny" || device.type == DeviceType.CUDA ? "1,2,4,8,16,32,64" : "1,2,4");
if (given.Length != 1 && given.Length != widths.Length)
    throw new InvalidInputException($"--iterations has {given.Length} numbers and --lanes {widths.Length}; write one, or one for each.");
var iterations = widths.Index().ToDictionary(width => width.Item, width => given[given.Length == 1 ? 0 : width.Index]);
torch.set_num_threads(threads);
using var model = RandomClip.Load(RandomClip.Of(size), device);
var attentions = arguments.Text("--attention", model.PadsPrompts ? Padded : "loop").Split(',');
var table = arguments.Table($"Lanes: {size}, batch 4, {Machine.Describe(device)}",
    "precision", "classes", "tokens", "attention", "lanes", "ms per step", "ms per iteration of a job", "jobs per hour over one lane");
arguments.End();
foreach (var precision in precisions)
    foreach (var count in classes)
        foreach (var kept in tokens) Measure(precision, count, kept);

void Measure(Precision precision, int count, int kept)
{
    // Interleaved, so that a machine that changes its speed changes it for all.
    var cases = attentions.SelectMany(attention => widths.Select(lanes => (attention, lanes))).ToArray();
    var times = cases.ToDictionary(each => each, _ => new List<double>());
    var left = 0;
    for (var round = 0; round < rounds; round++)
    {
        foreach (var each in cases)
        {
            model.PadsPrompts = each.attention == Padded;
            var (milliseconds, live) = Step(precision, count, kept, each.lanes);
            times[each].Add(milliseconds);
            left = live;
        }
    }
    foreach (var (attention, lanes) in cases)
    {
        var step = Times.Median(times[(attention, lanes)]);
        table.Row($"{AdaptClusterJson.Name(precision)}", $"{count}", $"{left}", $"{attention}", $"{lanes}", $"{step:F2}",
            $"{step / lanes:F2}", $"{Times.Median(times[(attention, widths[0])]) / widths[0] * lanes / step:F2}");
    }
}

(double Milliseconds, int Tokens) Step(Precision precision, int count, int kept, int lanes)
{
    // Two epochs: the first pays for what happens once, pruning among it.
    var data = Noise.Data(count, trainImages: 4 * iterations[lanes], model.Config.ImageSize);
    using var runner = new JobRunner(model, new WordLengthTokenizer(model.Config),
        new ScalePreprocessor(model.Config.ImageSize), _ => data);
    var jobs = Enumerable.Range(0, lanes).Select(lane => new Lap(Job(precision, kept, lane))).ToArray();
    runner.Run([.. jobs.Select(lap => new JobRun(lap.Job, null, lap))], PackOptions.For(device) with { Lanes = lanes });
    return (jobs.Sum(lap => lap.SecondEpoch.TotalMilliseconds) / iterations[lanes], jobs[0].Tokens);
}

// Jobs of other rates have batches in common, as those of a sweep; pruned ones have seeds of their own, and so masks.
JobDefinition Job(Precision precision, int kept, int lane)
{
    var job = Noise.Job(epochs: 2, learningRate: 0.001 + (lane * 1e-6));
    job = job with { Train = job.Train! with { Precision = precision } };
    return kept == 0 ? job : job with
    {
        Seed = 1 + lane,
        TTarget = kept,
        Train = job.Train with { Adapt = new AdaptSettings { PruneWarmupEpochs = 0, PrunePeriod = 1, PruneRate = int.MaxValue } },
    };
}
