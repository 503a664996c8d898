using System.Diagnostics;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Folders;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>
/// The evaluation of a job that trains nothing: photos of 500 × 375 pixels, which are decoded and resized, and pixels of the model's size.
/// </summary>
internal static class EvaluationBench
{
    private const int Classes = 10;

    /// <summary>Measures every precision.</summary>
    internal static void Run(BenchArguments arguments, torch.Device device)
    {
        var (size, images, threads) =
            (arguments.Text("--size", "vit-b16"), arguments.Number("--images", 2000), arguments.Number("--threads", 2));
        var precisions = arguments.Precisions("float32,tf32,bfloat16");
        torch.set_num_threads(threads);
        using var model = RandomClip.Load(RandomClip.Of(size), device);
        var table = arguments.Table($"Evaluation: {size}, {images} images, {Classes} classes, {Machine.Describe(device)}",
            "precision", "images", "images per second", "CPU s per 1,000 images");
        arguments.End();
        var folder = Directory.CreateTempSubdirectory("adaptcluster-bench-").FullName;
        try
        {
            Photos.Write(Path.Combine(folder, "photos"), Classes, (1, 1, images / Classes));
            var photos = FolderDataset.Open([folder], "photos");
            (string Name, FewShotData Data, IImagePreprocessor Preprocessor)[] sources =
            [
                ($"JPEG {Photos.Width}×{Photos.Height}", photos.Load(shots: 1, seed: 1, template: null),
                    new ClipPreprocessor(model.Config.ImageSize)),
                ("in memory", InMemory(images, model.Config.ImageSize), new ScalePreprocessor(model.Config.ImageSize)),
            ];
            foreach (var (name, data, preprocessor) in sources)
            {
                foreach (var precision in precisions)
                {
                    var job = Noise.Job(epochs: 0);
                    job = job with { Train = job.Train! with { Precision = precision } };
                    // What a process does once is paid before; a runner of its own has decoded nothing yet.
                    Evaluate(model, new ScalePreprocessor(model.Config.ImageSize), InMemory(Classes, model.Config.ImageSize), job);
                    var (used, started) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.GetTimestamp());
                    var result = Evaluate(model, preprocessor, data, job);
                    var (count, seconds) = (result.TestTotal + result.ValidationTotal, Stopwatch.GetElapsedTime(started).TotalSeconds);
                    used = Process.GetCurrentProcess().TotalProcessorTime - used;
                    table.Row($"{AdaptClusterJson.Name(precision)}", $"{name}", $"{count / seconds:F1}",
                        $"{1000 * used.TotalSeconds / count:F2}");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static JobResult Evaluate(ClipModel model, IImagePreprocessor preprocessor, FewShotData data, JobDefinition job)
    {
        using var runner = new JobRunner(model, new WordLengthTokenizer(model.Config), preprocessor, _ => data);
        return runner.Run(job, null, _ => { }, CancellationToken.None);
    }

    /// <summary>Pixels that are made once; making them is no part of the measurement.</summary>
    private static FewShotData InMemory(int images, int side) => Noise.Data(Classes, trainImages: 4, side) with
    {
        Test = new CachedSplit(new NoiseSplit(Math.Min(images, 64), Classes, side), images, Classes),
    };

    /// <summary>A few images over and over, kept in memory.</summary>
    private sealed class CachedSplit(NoiseSplit split, int count, int classes) : IImageSplit
    {
        private readonly RgbImage[] _images = [.. Enumerable.Range(0, split.Labels.Count).Select(split.Load)];

        public IReadOnlyList<int> Labels { get; } = [.. Enumerable.Range(0, count).Select(i => i % classes)];

        public RgbImage Load(int index) => _images[index % _images.Length];
    }
}
