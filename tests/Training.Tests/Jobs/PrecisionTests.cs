using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tests.Backbones.Clip;
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
