using System.Diagnostics;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data.Caching;
using AdaptCluster.Training.Data.Folders;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>
/// What evaluations cost beside the model: jobs that train nothing, on a backbone of ViT-B/16's shape that computes nothing, read the same
/// photos one after the other and together.
/// </summary>
internal static class PreparationBench
{
    private const int Classes = 10;

    /// <summary>Measures every number of jobs.</summary>
    internal static void Run(BenchArguments arguments)
    {
        var (images, counts) = (arguments.Number("--images", 2000), arguments.Numbers("--jobs", "1,4,12"));
        var table = arguments.Table($"Preparation: {images} photos of 500×375 pixels, {Machine.Describe(torch.CPU)}",
            "jobs", "how", "seconds", "CPU s");
        arguments.End();
        torch.set_num_threads(1);
        var folder = Directory.CreateTempSubdirectory("adaptcluster-bench-").FullName;
        try
        {
            Photos.Write(Path.Combine(folder, "photos"), Classes, (1, 1, images / Classes));
            var photos = FolderDataset.Open([folder], "photos").Load(shots: 1, seed: 1, template: null);
            foreach (var count in counts)
            {
                foreach (var together in count == 1 ? (bool[])[false] : [false, true])
                {
                    using var model = new NoArithmetic();
                    using var kept = new ImageCache(new ImageCacheOptions { MemoryBytes = 4L << 30 });
                    using var runner = new JobRunner(
                        model, new WordLengthTokenizer(RandomClip.Of("vit-b16")), new ClipPreprocessor(224), _ => photos, images: kept);
                    JobRun[] jobs = [.. Enumerable.Range(0, count).Select(_ => new JobRun(ZeroShot, null, new Listener(ZeroShot)))];
                    var (used, started) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.GetTimestamp());
                    foreach (var part in jobs.Chunk(together ? count : 1)) runner.Run(part, new PackOptions { Lanes = count });
                    var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                    used = Process.GetCurrentProcess().TotalProcessorTime - used;
                    table.Row($"{count}", $"{(together ? "together" : "one by one")}", $"{seconds:F1}", $"{used.TotalSeconds:F1}");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static JobDefinition ZeroShot { get; } = Noise.Job(epochs: 0) with
    {
        Method = MethodNames.ZeroShot,
        Train = null,
        Scorer = null,
        TTarget = null,
    };

    /// <summary>A backbone of ViT-B/16's shape that answers zeros.</summary>
    private sealed class NoArithmetic : IBackbone
    {
        private readonly torch.Tensor _zero = torch.zeros(1);

        public NoArithmetic() => (Vision, Text) = (new Tower(this), new Tower(this));

        public string Family => "none";

        public BackboneShape Shape { get; } = new()
        {
            Vision = new TowerShape { Width = 768, Depth = 12, MlpWidth = 3072 },
            Text = new TowerShape { Width = 512, Depth = 12, MlpWidth = 2048 },
            ImageSize = 224,
            PatchSize = 16,
            ExtraTokens = 1,
            VocabularySize = 49408,
            ContextLength = 77,
            EmbeddingSize = 512,
        };

        public torch.Device Device => torch.CPU;

        public long ParameterCount => 0;

        public bool IsTrainable => false;

        public IBackboneCost Cost { get; } = new NoCost();

        public ITower Vision { get; }

        public ITower Text { get; }

        public int TextRows => 1;

        public bool PadsPrompts => false;

        public torch.Tensor Scale => _zero;

        public torch.Tensor TextPositions => Zeros(Shape.ContextLength, Shape.Text.Width);

        public IBackbone In(Precision precision) => this;

        public torch.Tensor EmbedImages(torch.Tensor pixels) => Zeros(pixels.shape[0], Shape.ImageTokens, Shape.Vision.Width);

        public torch.Tensor EmbedImageTokens(torch.Tensor rows) => rows;

        public torch.Tensor EmbedTokens(torch.Tensor ids) => Zeros(ids.shape[0], Shape.Text.Width);

        public torch.Tensor Logits(torch.Tensor imageFeatures, torch.Tensor textFeatures) =>
            Zeros(imageFeatures.shape[0], textFeatures.shape[0]);

        public void Dispose() => _zero.Dispose();

        /// <summary>Takes no memory, whatever the shape.</summary>
        private torch.Tensor Zeros(params long[] shape) => _zero.expand(shape);

        private sealed class Tower(NoArithmetic model) : ITower
        {
            public torch.Tensor Forward(torch.Tensor rows, Sequences sequences, TowerPrompts prompts,
                Func<int, torch.Tensor, torch.Tensor>? replace = null) =>
                model.Zeros(prompts.Lanes * sequences.Count * sequences.Read, model.Shape.EmbeddingSize);

            public torch.Tensor ForwardAll(torch.Tensor rows, Sequences sequences) =>
                model.Zeros(rows.shape[0], model.Shape.EmbeddingSize);
        }

        private sealed class NoCost : IBackboneCost
        {
            public long OfImage(IReadOnlyList<int> prompts, int tokens = 0) => 0;

            public long OfText(IReadOnlyList<int> prompts) => 0;

            public long HookImage(int prompts, int tokens = 0) => 0;

            public long HookText(int prompts) => 0;

            public long ImageStepBytes(long images, IReadOnlyList<int> prompts) => 0;

            public long TextStepBytes(Sequences texts, IReadOnlyList<int> prompts) => 0;
        }
    }
}
