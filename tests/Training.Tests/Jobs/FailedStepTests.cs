using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Caching;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Methods.Adapt;
using AdaptCluster.Training.Numerics;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tests.Backbones.Clip;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>
/// A step that fails, in whichever phase, leaves nothing behind: neither in what the lanes beside it train, nor in memory.
/// </summary>
public sealed class FailedStepTests(SmallClip clip) : IClassFixture<SmallClip>
{
    private static readonly long[] _labels = [0, 1, 1];

    /// <summary>Where a step fails.</summary>
    public enum Phase
    {
        /// <summary>Nowhere.</summary>
        None,

        /// <summary>While its images are loaded.</summary>
        Load,

        /// <summary>On its way to the loss.</summary>
        Forward,

        /// <summary>On its way back, when the other lane may have gradients already.</summary>
        Backward,

        /// <summary>When the gradients are there, before anything is changed by them.</summary>
        Update,
    }

    [Theory]
    [InlineData(Phase.None)]
    [InlineData(Phase.Load)]
    [InlineData(Phase.Forward)]
    [InlineData(Phase.Backward)]
    [InlineData(Phase.Update)]
    public void The_lane_beside_a_step_that_failed_once_finds_what_it_finds_alone(Phase phase)
    {
        var (alone, _) = Train(null);
        var (beside, failing) = Train(phase);
        Assert.Equal(phase is not Phase.None, failing!.HasFailed);
        Assert.Equal(alone, beside);
    }

    [Theory]
    [InlineData(Phase.Load)]
    [InlineData(Phase.Forward)]
    [InlineData(Phase.Backward)]
    [InlineData(Phase.Update)]
    public void What_a_failed_step_held_is_free_before_its_halves_or_the_next_are_tried(Phase phase)
    {
        var (_, failing) = Train(phase);
        Assert.False(failing!.HeldAtTheNextTry);
    }

    [Fact]
    public void A_way_back_that_broke_off_adds_nothing_to_the_next()
    {
        using var scope = torch.NewDisposeScope();
        using var texts = Texts();
        var (embedded, labels) = (clip.Model.EmbedImages(torch.ones(3, 3, 8, 8)), torch.tensor(_labels));
        using var clean = AdaptMethod.Create(NoiseJob.Definition, clip.Model, texts, 3);
        using var method = AdaptMethod.Create(NoiseJob.Definition, clip.Model, texts, 3);
        using var failing = new FailingMethod(clip.Model, Phase.Backward, after: 0);
        TrainingStep.Differentiate([new LaneBatch(clean, embedded, labels)]);

        Assert.NotNull(Record.Exception(() =>
            TrainingStep.Differentiate([new LaneBatch(failing, embedded, labels), new LaneBatch(method, embedded, labels)])));
        TrainingStep.Differentiate([new LaneBatch(method, embedded, labels)]);

        foreach (var (expected, found) in clean.Trained.Zip(method.Trained))
            Assert.True(expected.Gradient!.eq(found.Gradient!).all().item<bool>());
    }

    [Fact]
    public void A_lane_whose_pruning_fails_leaves_those_that_part_from_it_pruned_and_training()
    {
        var images = new FailingImages(null, fails: false);
        using var kept = new ImageCache(new ImageCacheOptions());
        using var batches = new ImageBatches(clip.Model, images, images, kept);
        var (leads, parts) = (new RecordedJob(), new RecordedJob());
        var ended = new List<PartingMethod>();
        using var loop = new TrainLoop(2, long.MaxValue);
        JobRun[] trunk = [new(NoiseJob.Definition with { TTarget = 2 }, null, leads), new(NoiseJob.Definition, null, parts)];

        loop.Run([trunk], jobs => new Lane(new PartingMethod(clip.Model, leads: true), jobs, batches, ahead: false),
            lanes => ended.AddRange(lanes.Select(lane => (PartingMethod)lane.Method)));

        Assert.Equal("the pruner broke", leads.Error!.Message);
        Assert.Null(parts.Error);
        Assert.Equal([1], Assert.Single(ended).Pruned.Take(1));
    }

    private PreparedTexts Texts() => clip.Model.PrepareTexts([[38, 1, 2, 39], [38, 1, 3, 4, 39], [38, 5, 39]]);

    /// <summary>
    /// Trains an Adapt job, beside a lane that fails once, in its second step, unless <paramref name="phase"/> is null.
    /// </summary>
    private (byte[] Prompts, FailingMethod? Failing) Train(Phase? phase)
    {
        using var texts = Texts();
        using var failing = phase is { } where ? new FailingMethod(clip.Model, where) : null;
        var images = new FailingImages(failing, phase is Phase.Load);
        using var kept = new ImageCache(new ImageCacheOptions());
        using var batches = new ImageBatches(clip.Model, images, images, kept);
        byte[] prompts = [];
        Lane Start(JobRun[] jobs) =>
            new(jobs[0].Job.Method == MethodNames.Adapt ? AdaptMethod.Create(jobs[0].Job, clip.Model, texts, 3) : failing!,
                jobs, batches, ahead: false);
        JobRun[] adapt = [new(NoiseJob.Definition, null, new RecordedJob())];
        // Another seed, so that each of the two has a batch of its own.
        JobRun[] other = [new(NoiseJob.Definition with { Method = MethodNames.CoOp, TTarget = null, Scorer = null, Seed = 3 },
            null, new RecordedJob())];
        using var trainer = new TrainLoop(2, long.MaxValue);
        trainer.Run(failing is null ? [adapt] : [other, adapt], Start, lanes =>
        {
            using var scope = torch.NewDisposeScope();
            foreach (var lane in lanes)
                if (lane.Method is AdaptMethod) prompts = SafetensorsWriter.ToBytes(lane.Method.Weights());
        });
        return (prompts, failing);
    }

    /// <summary>Trains one number a class, and fails once, after some updates.</summary>
    private sealed class FailingMethod(ClipModel model, Phase phase, int after = 1)
        : TensorMethod(model, new NamedTensors([KeyValuePair.Create("bias", torch.ones(3))]))
    {
        private torch.Tensor? _held;
        private int _updates;

        public bool HasFailed { get; set; }

        /// <summary>Whether tensors of the failed step were still there when the next began to load; null where none failed.</summary>
        public bool? HeldAtTheNextTry { get; set; }

        /// <summary>Whether the logits of the step that failed are still there.</summary>
        public bool Holds => _held is { IsInvalid: false };

        public override IClassifier Freeze() => throw new NotSupportedException();

        public override void BeforeUpdate(int iteration)
        {
            FailIn(Phase.Update);
            _updates = iteration;
        }

        protected override StepOutput Forward(LaneBatch batch)
        {
            var grown = Tensors["bias"].exp();
            var logits = grown.unsqueeze(0).repeat(batch.Labels.shape[0], 1);
            if (Fails) _held = logits;
            FailIn(Phase.Forward);
            var output = new StepOutput(cross_entropy(logits, batch.Labels), logits);
            if (phase is not Phase.Backward || !Fails) return output;
            HasFailed = true;
            using var noGradients = torch.no_grad();
            // What exp saved for its way back has changed, which libtorch refuses there.
            grown.add_(Scalars.One);
            return output;
        }

        private bool Fails => _updates == after && !HasFailed;

        private void FailIn(Phase now)
        {
            if (phase != now || !Fails) return;
            HasFailed = true;
            throw new InvalidOperationException("CUDA out of memory. Tried to allocate 2.00 GiB");
        }
    }

    /// <summary>Trains one number a class for two jobs, which part after the first iteration; the first one's pruning fails then.</summary>
    private sealed class PartingMethod(ClipModel model, bool leads)
        : TensorMethod(model, new NamedTensors([KeyValuePair.Create("bias", torch.ones(3))])), ITrainableMethod
    {
        private readonly ClipModel _model = model;

        /// <summary>The iterations after which it was pruned.</summary>
        public List<int> Pruned { get; } = [];

        public override IClassifier Freeze() => throw new NotSupportedException();

        bool ITrainableMethod.Parts(JobDefinition job, int iteration) => true;

        ITrainableMethod ITrainableMethod.Fork(JobDefinition job) => new PartingMethod(_model, leads: false);

        PruneStep? ITrainableMethod.AfterUpdate(int iteration)
        {
            if (leads) throw new InvalidOperationException("the pruner broke");
            Pruned.Add(iteration);
            return null;
        }

        protected override StepOutput Forward(LaneBatch batch)
        {
            var logits = Tensors["bias"].unsqueeze(0).repeat(batch.Labels.shape[0], 1);
            return new StepOutput(cross_entropy(logits, batch.Labels), logits);
        }
    }

    /// <summary>Images that know what is held when they are loaded.</summary>
    private sealed class FailingImages(FailingMethod? failing, bool fails) : IImageSplit, IImagePreprocessor
    {
        /// <summary>Images that both lanes load for a step, and the first one of the second lane's second step.</summary>
        private const int OfAStep = 8, FailingLoad = 12;

        private int _loaded;
        private long _liveBefore;

        public IReadOnlyList<int> Labels { get; } = [.. Enumerable.Range(0, 12).Select(i => i % 3)];

        public int Size => 8;

        public RgbImage Load(int index) => NoiseJob.Noise(index);

        public PixelValues Values { get; } = new((_, value) => (value / 127.5f) - 1);

        public void Resize(RgbImage image, Span<byte> pixels) => image.Pixels.CopyTo(pixels);

        public void Augment(RgbImage image, int seed, int epoch, int index, Span<byte> pixels)
        {
            if (failing is not null) Observe(failing);
            Resize(image, pixels);
        }

        private void Observe(FailingMethod method)
        {
            var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            if (method.HasFailed) method.HeldAtTheNextTry ??= live > _liveBefore || method.Holds;
            else if (_loaded % OfAStep == 0) _liveBefore = live;
            if (_loaded++ != FailingLoad || !fails) return;
            method.HasFailed = true;
            throw new InvalidOperationException("CUDA out of memory. Tried to allocate 2.00 GiB");
        }
    }
}
