using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tests.Data;
using AdaptCluster.Training.Tests.Jobs;
using AdaptCluster.Training.Tests.Methods;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Backbones;

/// <summary>Another family of backbones is a class: methods and jobs run on it as on CLIP.</summary>
public sealed class BackboneSeamTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ToyBackbone _toy = new(seed: 5, torch.CPU);

    public static TheoryData<string> Methods => [.. SmallJobs.Methods];

    [Theory, MemberData(nameof(Methods))]
    public void A_method_trains_on_another_family_and_resumes_bit_for_bit(string name)
    {
        torch.set_num_threads(1);
        using var runner = NoiseJob.Runner(_toy);
        var reports = new List<EpochReport>();
        var job = SmallJobs.Of(name);
        var untrained = runner.Run(job with { Train = job.Train! with { Epochs = 0 } }, null, _ => { }, CancellationToken.None);
        var whole = runner.Run(job, null, reports.Add, CancellationToken.None);

        Assert.NotEqual(untrained.Prompts, whole.Prompts);
        Assert.All(reports, report => Assert.True(double.IsFinite(report.Loss)));
        Assert.Equal(30, whole.TestTotal);
        var (_, checkpoint) = NoiseJob.Interrupt(_toy, job, null, iterations: 7);
        var resumed = runner.Run(job, checkpoint, _ => { }, CancellationToken.None);
        Assert.Equal(whole.Prompts, resumed.Prompts);
        Assert.Equal((whole.ValidationCorrect, whole.TestCorrect), (resumed.ValidationCorrect, resumed.TestCorrect));
    }

    [Fact]
    public void Jobs_that_share_their_steps_find_on_another_family_what_each_finds_by_itself()
    {
        torch.set_num_threads(1);
        JobDefinition[] jobs = [.. new[] { 2, 5, 9 }.Select(target => NoiseJob.Definition with { TTarget = target })];
        using var runner = NoiseJob.Runner(_toy);
        var alone = jobs.Select(job => runner.Run(job, null, _ => { }, CancellationToken.None).Prompts).ToArray();

        var together = RecordedJob.RunAll(runner, jobs, new PackOptions { Lanes = 3, ShareTrunks = true });

        Assert.Equal(alone, together.Select(job => job.Result!.Prompts));
    }

    [Theory]
    [InlineData("""{"model_type": "toy", "seed": 5}""", "toy")]
    [InlineData("""{"model_type": "clip"}""", "clip")]
    [InlineData("{}", "clip")]
    public void The_family_of_a_snapshot_is_that_of_its_config_json(string config, string family)
    {
        _folder.Write("model/config.json", Encoding.UTF8.GetBytes(config));

        Assert.Equal(family, Families.Of(Path.Combine(_folder.Root, "model")).ModelType);
    }

    [Theory]
    [InlineData("""{"model_type": "siglip"}""", "model_type is \"siglip\"; expected \"clip\" or \"toy\"")]
    [InlineData("""{"model_type": 3}""", "model_type is 3; expected a string")]
    [InlineData("[]", "the file must be a JSON object")]
    public void A_snapshot_of_no_known_family_is_refused_by_what_it_says(string config, string error)
    {
        _folder.Write("model/config.json", Encoding.UTF8.GetBytes(config));

        var refused = Assert.Throws<InvalidInputException>(() => Families.Of(Path.Combine(_folder.Root, "model")));

        Assert.Contains(error, refused.Message, StringComparison.Ordinal);
        Assert.Contains("config.json", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _toy.Dispose();
        _folder.Dispose();
    }

    private static BackboneFamilies Families { get; } =
        new([.. BackboneFamilies.In(typeof(BackboneFamilies).Assembly), .. BackboneFamilies.In(typeof(ToyFamily).Assembly)]);
}
