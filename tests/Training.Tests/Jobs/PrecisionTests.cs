using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Methods.Adapt;
using AdaptCluster.Training.Methods.Adapt.Scorers;
using AdaptCluster.Training.Numerics;
using AdaptCluster.Training.Tests.Backbones.Clip;
using AdaptCluster.Training.Tests.Methods;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>Towers in bfloat16: near the exact ones, and as indifferent to their neighbours.</summary>
public sealed class PrecisionTests : IClassFixture<SmallClip>
{
    private static readonly JobDefinition[] Jobs =
    [
        With(Precision.Bfloat16), With(Precision.Bfloat16) with { TTarget = 11 },
        With(Precision.Bfloat16) with { Seed = 2, Scorer = Scorer.L2Norm }, With(Precision.Float32),
    ];

    private readonly SmallClip _clip;

    public static TheoryData<string> Methods => [.. SmallJobs.Methods];

    public PrecisionTests(SmallClip clip)
    {
        torch.set_num_threads(1);
        _clip = clip;
    }

    [Fact]
    public void Features_in_bfloat16_are_those_of_single_precision_to_its_eight_bits()
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var config = _clip.Model.Config;
        var images = torch.randn(5, 3, config.ImageSize, config.ImageSize);
        var (exact, rounded) = (_clip.Model.EncodeImages(images), _clip.Model.In(Precision.Bfloat16).EncodeImages(images));
        Assert.Equal(torch.ScalarType.Float32, rounded.dtype);
        var off = ((exact - rounded).abs().max() / exact.abs().max()).item<float>();
        Assert.InRange(off, 1e-5, 3e-2);
    }

    [Fact]
    public void Jobs_of_any_precision_find_in_one_pack_what_they_find_alone()
    {
        using var runner = NoiseJob.Runner(_clip.Model);
        var together = RecordedJob.RunAll(runner, Jobs, new PackOptions { Lanes = 8 });
        for (var i = 0; i < Jobs.Length; i++)
        {
            using var own = NoiseJob.Runner(_clip.Model);
            var alone = RecordedJob.RunAll(own, [Jobs[i]], new PackOptions())[0];
            Assert.Equal(alone.Result!.Prompts, together[i].Result!.Prompts);
            Assert.Equal(alone.Reports.Select(report => report.Loss), together[i].Reports.Select(report => report.Loss));
        }
        Assert.NotEqual(together[0].Result!.Prompts, together[3].Result!.Prompts);
    }

    [Fact]
    public void A_job_in_bfloat16_learns_as_one_in_single_precision()
    {
        double[] Losses(JobDefinition job)
        {
            using var runner = NoiseJob.Runner(_clip.Model);
            return [.. RecordedJob.RunAll(runner, [job], new PackOptions())[0].Reports.Select(report => report.Loss)];
        }
        Assert.All(Losses(Jobs[0]).Zip(Losses(Jobs[3])), pair => Assert.Equal(pair.Second, pair.First, 0.05 * pair.Second));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_trains_in_bfloat16_near_single_precision(string method)
    {
        EpochReport[] Reports(Precision precision)
        {
            var job = SmallJobs.Of(method);
            using var runner = NoiseJob.Runner(_clip.Model);
            var heard = RecordedJob.RunAll(runner, [job with { Train = job.Train! with { Precision = precision } }], new PackOptions())[0];
            Assert.NotNull(heard.Result);
            return [.. heard.Reports];
        }
        var (exact, rounded) = (Reports(Precision.Float32), Reports(Precision.Bfloat16));
        Assert.All(exact.Zip(rounded), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 0.05 * pair.First.Loss));
        Assert.NotEqual(exact[^1].Loss, rounded[^1].Loss);
    }

    /// <summary>
    /// Eight bits of each number are kept, so each rounding is off by up to 2⁻⁹, and some twenty follow each other on the way
    /// forth and back through the two and three blocks of the small model.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Loss_and_gradients_in_bfloat16_are_those_of_single_precision_to_a_few_of_its_roundings(bool padded)
    {
        using var scope = torch.NewDisposeScope();
        var (exact, rounded) = (Step(_clip.Model, padded: false), Step(_clip.Model.In(Precision.Bfloat16), padded));
        foreach (var (expected, found) in exact.Losses.Zip(rounded.Losses)) Assert.Equal(expected, found, 0.01 * expected);
        Assert.All(exact.Gradients.Zip(rounded.Gradients), pair =>
        {
            Assert.Equal(torch.ScalarType.Float32, pair.Second.dtype);
            Assert.InRange(((pair.First - pair.Second).norm() / pair.First.norm()).item<float>(), 1e-5, 0.08);
        });
    }

    /// <summary>Three lanes, the second of which has no prompts in the first block, the third none in either tower but one.</summary>
    private (double[] Losses, torch.Tensor[] Gradients) Step(IBackbone model, bool padded)
    {
        _clip.Model.PadsPrompts = padded;
        try
        {
            torch.manual_seed(4);
            using var texts = model.PrepareTexts([[38, 1, 2, 39], [38, 1, 3, 4, 39], [38, 5, 39]]);
            byte[][] masks = [[1, 1, 1, 1, 1, 1], [0, 0, 0, 1, 0, 1], [0, 1, 0, 0, 0, 0]];
            PromptBranch Branch(string name, byte[] mask, int width) =>
                PromptBranch.From(name, torch.randn(2, 3, width).Times(0.1), new ContextMask(2, 3, mask));
            var methods = masks.Select(mask => new AdaptMethod(model, texts, Branch("image", mask, model.Shape.Vision.Width),
                Branch("text", mask, model.Shape.Text.Width), new PruneSchedule(0, 1, 1, 0),
                new Saliency(KnownScorers.Find(Scorer.Snip, "adapt"), ScoreReduction.Total, 0))).ToArray();
            var steps = TrainingStep.Differentiate([.. methods.Select(method =>
                new LaneBatch(method, model.EmbedImages(torch.randn(3, 3, 8, 8)), torch.tensor(new long[] { 0, 1, 2 })))]);
            var gradients = methods.SelectMany(method => method.Trained).Select(tensor => tensor.Gradient!.clone()).ToArray();
            foreach (var method in methods) method.Dispose();
            return ([.. steps.Select(step => step.Loss)], gradients);
        }
        finally
        {
            _clip.Model.PadsPrompts = false;
        }
    }

    [Fact]
    public void A_job_in_tf32_is_one_in_single_precision_on_a_processor()
    {
        byte[]? Prompts(Precision precision)
        {
            using var runner = NoiseJob.Runner(_clip.Model);
            return RecordedJob.RunAll(runner, [With(precision)], new PackOptions())[0].Result!.Prompts;
        }
        Assert.Equal(Prompts(Precision.Float32), Prompts(Precision.Tf32));
    }

    private static JobDefinition With(Precision precision) => NoiseJob.Definition with
    {
        Train = NoiseJob.Definition.Train! with { Precision = precision },
    };
}
