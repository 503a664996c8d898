// Whether memory stays flat over a long run, and how near the trainer's estimate of a step's memory, by which packs are sized, comes to the
// measured one. Run: dotnet run -c Release --project bench/Memory -- [--part both|flat|steps] [--iterations 10000] [--device cpu|cuda]
// [--size vit-b16|vit-l14, of the steps]
using AdaptCluster.Bench;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Libtorch;
using TorchSharp;

var arguments = new BenchArguments(args);
var (part, length, device) = (arguments.Text("--part", "both"), arguments.Number("--iterations", 10_000), arguments.Device());
var size = arguments.Text("--size", "vit-b16");
arguments.End();
if (part is not ("both" or "flat" or "steps")) throw new ArgumentException($"found '{part}'; write both, flat or steps.");
// On a GPU its own memory, of which libtorch gives nothing back: what is in use is the most that there was.
var gpu = device.type == DeviceType.CUDA ? CudaMemory.Open() : null;
if (part != "steps") Flat(length);
if (part == "both") Console.WriteLine();
if (part != "flat") Steps();

// Two seeds and two T_targets of the tiny size, which lose tokens, part and are evaluated on the way: ten epochs.
void Flat(int iterations)
{
    torch.set_num_threads(1);
    using var model = RandomClip.Load(RandomClip.Of("tiny"), device);
    var data = Noise.Data(12, trainImages: 4 * Math.Max(1, iterations / 10), 32);
    Console.WriteLine($"tiny, 12 classes, batch 4, 4 jobs of {iterations} iterations, 1 thread");
    Console.WriteLine();
    Console.WriteLine("| iterations | resident, MiB | tensors |");
    Console.WriteLine("| ---: | ---: | ---: |");
    using var runner = new JobRunner(model, new WordLengthTokenizer(model.Config), new ScalePreprocessor(32), _ => data);
    JobDefinition Job(int seed, int target)
    {
        var job = Noise.Job(epochs: 10);
        return job with
        {
            Seed = seed,
            TTarget = target,
            Train = job.Train! with
            {
                Adapt = new AdaptSettings { MaxContextLength = 8, PruneWarmupEpochs = 1, PrunePeriod = iterations / 20, PruneRate = 4 },
            },
        };
    }
    var first = new Listener(Job(1, 6), report =>
        Console.WriteLine($"| {report.Epoch * report.Iterations} | {(gpu?.Read().Used ?? PeakMemory.Resident()) >> 20} | "
            + $"{torch.Tensor.TotalCount} |"));
    Listener[] others = [new(Job(1, 24)), new(Job(2, 6)), new(Job(2, 24))];
    runner.Run([Run(first), .. others.Select(Run)], new PackOptions { Lanes = 4 });
}

void Steps()
{
    torch.set_num_threads(Environment.ProcessorCount);
    using var model = RandomClip.Load(RandomClip.Of(size), device);
    var before = gpu?.Read().Used ?? PeakMemory.Resident();
    Console.WriteLine(
        $"{size}, batch 4, all context tokens, {torch.get_num_threads()} threads; the backbone and the runtime take {before >> 20} MiB");
    Console.WriteLine();
    Console.WriteLine("| classes | lanes | estimated, MiB | measured, MiB |");
    Console.WriteLine("| ---: | ---: | ---: | ---: |");
    // From small to large: what one leaves behind, the next uses.
    foreach (var (classes, lanes) in ((int, int)[])[(10, 1), (100, 1), (100, 2), (397, 1), (100, 4), (1000, 1)])
    {
        var data = Noise.Data(classes, trainImages: 4, 224);
        var tokenizer = new WordLengthTokenizer(model.Config);
        using var runner = new JobRunner(model, tokenizer, new ScalePreprocessor(224), _ => data);
        PeakMemory.Reset();
        runner.Run([.. Enumerable.Range(0, lanes).Select(
            lane => Run(new Listener(Noise.Job(epochs: 2, learningRate: 0.001 + (lane * 1e-6)))))], new PackOptions
            {
                Lanes = lanes,
            });
        var measured = (gpu?.Read().Used ?? PeakMemory.Bytes()) - before;
        using var texts = model.PrepareTexts([.. Enumerable.Range(0, classes).Select(label => tokenizer.Encode(data.Prompt(label)))]);
        int[] prompts = [.. Enumerable.Repeat(16, 12)];
        var estimated = lanes * (model.Cost.ImageStepBytes(4, prompts)
            + model.Cost.TextStepBytes(texts.Sequences, prompts));
        Console.WriteLine($"| {classes} | {lanes} | {estimated >> 20} | {measured >> 20} |");
    }
}

JobRun Run(Listener listener) => new(listener.Job, null, listener);
