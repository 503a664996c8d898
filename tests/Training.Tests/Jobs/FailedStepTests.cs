using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Methods.Adapt;
using AdaptCluster.Training.Numerics;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tests.Clip;
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
    [InlineData(Phase.Forward)]
    [InlineData(Phase.Backward)]
    public void What_a_failed_step_held_is_free_before_its_halves_are_tried(Phase phase)
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
        using var failing = new FailingMethod(clip.Model, Phase.Backward);
        TrainingStep.Differentiate([new LaneBatch(clean, embedded, labels)]);

        Assert.NotNull(Record.Exception(() =>
            TrainingStep.Differentiate([new LaneBatch(failing, embedded, labels), new LaneBatch(method, embedded, labels)])));
        TrainingStep.Differentiate([new LaneBatch(method, embedded, labels)]);

        foreach (var (expected, found) in clean.Trained.Zip(method.Trained))
            Assert.True(expected.Gradient!.eq(found.Gradient!).all().item<bool>());
    }

    private PreparedTexts Texts() => clip.Model.PrepareTexts([[38, 1, 2, 39], [38, 1, 3, 4, 39], [38, 5, 39]]);

    /// <summary>Trains an Adapt job, beside a lane that fails once unless <paramref name="phase"/> is null.</summary>
    private (byte[] Prompts, FailingMethod? Failing) Train(Phase? phase)
    {
        using var texts = Texts();
        using var failing = phase is { } where ? new FailingMethod(clip.Model, where) : null;
        var images = new FailingImages(phase is Phase.Load ? failing : null);
        using var batches = new ImageBatches(clip.Model, images, images);
        byte[] prompts = [];
        Lane Start(JobRun[] jobs) =>
            new(jobs[0].Job.Method == MethodNames.Adapt ? AdaptMethod.Create(jobs[0].Job, clip.Model, texts, 3) : failing!,
                jobs, batches, ahead: false);
        JobRun[] adapt = [new(NoiseJob.Definition, null, new RecordedJob())];
        JobRun[] other = [new(NoiseJob.Definition with { Method = MethodNames.CoOp, TTarget = null, Scorer = null },
            null, new RecordedJob())];
        using var trainer = new PackTrainer(2, long.MaxValue);
        trainer.Run(failing is null ? [adapt] : [other, adapt], Start, lane =>
        {
            using var scope = torch.NewDisposeScope();
            if (lane.Method is AdaptMethod) prompts = SafetensorsWriter.ToBytes(lane.Method.Weights());
        });
        return (prompts, failing);
    }

    /// <summary>Trains one number a class, and fails once.</summary>
    private sealed class FailingMethod(ClipModel model, Phase phase)
        : TensorMethod(model, new NamedTensors([KeyValuePair.Create("bias", torch.ones(3))]))
    {
        private torch.Tensor? _held;

        public bool HasFailed { get; set; }

        /// <summary>Whether the step after the failed one found its tensors still there.</summary>
        public bool HeldAtTheNextTry { get; private set; }

        public override IClassifier Freeze() => throw new NotSupportedException();

        public override void BeforeUpdate(int iteration) => FailIn(Phase.Update);

        protected override StepOutput Forward(LaneBatch batch)
        {
            if (_held is { } held) (HeldAtTheNextTry, _held) = (!held.IsInvalid, null);
            var grown = Tensors["bias"].exp();
            var logits = grown.unsqueeze(0).repeat(batch.Labels.shape[0], 1);
            if (phase is Phase.Forward or Phase.Backward && !HasFailed) _held = logits;
            FailIn(Phase.Forward);
            var output = new StepOutput(cross_entropy(logits, batch.Labels), logits);
            if (phase is not Phase.Backward || HasFailed) return output;
            HasFailed = true;
            using var noGradients = torch.no_grad();
            // What exp saved for its way back has changed, which libtorch refuses there.
            grown.add_(Scalars.One);
            return output;
        }

        private void FailIn(Phase now)
        {
            if (phase != now || HasFailed) return;
            HasFailed = true;
            throw new InvalidOperationException("CUDA out of memory. Tried to allocate 2.00 GiB");
        }
    }

    private sealed class FailingImages(FailingMethod? failing) : IImageSplit, IImagePreprocessor
    {
        public IReadOnlyList<int> Labels { get; } = [.. Enumerable.Range(0, 12).Select(i => i % 3)];

        public int Size => 8;

        public RgbImage Load(int index) => NoiseJob.Noise(index);

        public void Prepare(RgbImage image, Span<float> destination)
        {
            for (var i = 0; i < destination.Length; i++) destination[i] = (image.Pixels[i] / 127.5f) - 1;
        }

        public void PrepareAugmented(RgbImage image, int seed, int epoch, int index, Span<float> destination)
        {
            if (failing is { HasFailed: false })
            {
                failing.HasFailed = true;
                throw new InvalidOperationException("CUDA out of memory. Tried to allocate 2.00 GiB");
            }
            Prepare(image, destination);
        }
    }
}
