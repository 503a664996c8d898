using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tests.Backbones.Clip;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>Jobs that train new prompts of their final masks from scratch.</summary>
public sealed class RetrainTests : IClassFixture<SmallClip>
{
    private static readonly JobDefinition Once = NoiseJob.Definition;
    private static readonly JobDefinition Twice =
        Once with { Train = Once.Train! with { Adapt = Once.Train.Adapt with { Retrain = true } } };

    private readonly SmallClip _clip;
    private readonly List<EpochReport> _reports;
    private readonly JobResult _result;

    public RetrainTests(SmallClip clip)
    {
        torch.set_num_threads(1);
        _clip = clip;
        (_reports, _result) = Run(Twice, null);
    }

    [Fact]
    public void The_first_round_is_the_job_that_only_prunes()
    {
        var (reports, result) = Run(Once, null);
        Assert.Equal(6, reports.Count);
        Assert.Equal(12, _reports.Count);
        Assert.Equal(reports.Select(r => r.Loss), _reports.Take(6).Select(r => r.Loss));
        Assert.Equal(Mask(result.Prompts!, "image"), Mask(_result.Prompts!, "image"));
        Assert.Equal(Mask(result.Prompts!, "text"), Mask(_result.Prompts!, "text"));
        Assert.NotEqual(result.Prompts, _result.Prompts);
    }

    [Fact]
    public void The_second_round_has_the_step_sizes_of_the_first_and_removes_nothing()
    {
        Assert.Equal(_reports.Take(6).Select(r => r.LearningRate), _reports.Skip(6).Select(r => r.LearningRate));
        Assert.All(_reports.Skip(6), r => Assert.Empty(r.PruneSteps));
        Assert.All(_reports.Skip(6), r => Assert.Equal(5, r.ImageContextTokens + r.TextContextTokens));
        Assert.Equal([7, 11, 15], _reports.SelectMany(r => r.PruneSteps).Select(s => s.Iteration));
    }

    [Fact]
    public void The_second_round_is_a_training_of_the_first_prompts_under_the_final_masks()
    {
        // A run that starts at the end of the warm-up of a job without prune steps, from the first prompts and the final masks.
        using var scope = torch.NewDisposeScope();
        using var first = SafetensorsFile.Read(_reports[5].Checkpoint, "checkpoint");
        using var drawn = SafetensorsFile.Read(
            Run(Once with { TTarget = 15, Train = Once.Train! with { LearningRate = 0, WarmupLearningRate = 0 } }, null)
            .Result.Prompts!, "prompts");
        var tensors = new Dictionary<string, torch.Tensor>();
        foreach (var branch in (string[])["image", "text"])
        {
            tensors[$"{branch}.mask"] = first.ToTensor($"{branch}.mask");
            tensors[$"{branch}.prompts"] = drawn.ToTensor($"{branch}.prompts") * tensors[$"{branch}.mask"].unsqueeze(2);
            tensors[$"{branch}.velocity"] = torch.zeros_like(tensors[$"{branch}.prompts"]);
            tensors[$"{branch}.scores"] = torch.zeros(tensors[$"{branch}.mask"].shape);
        }
        var start = SafetensorsWriter.ToBytes(tensors, new Dictionary<string, string>
        {
            ["format"] = first.Metadata["format"],
            ["trainer"] = first.Metadata["trainer"],
            ["epoch"] = "6",
            ["iteration"] = "18",
        });
        var (rest, result) = Run(Twice, start);
        Assert.Equal(_reports.Skip(6).Select(r => r.Loss), rest.Select(r => r.Loss));
        Assert.Equal(_result.Prompts, result.Prompts);
        // The same as a job by itself: its first loss is that of those prompts on the first epoch's images.
        Assert.NotEqual(_reports[0].Loss, _reports[6].Loss);
    }

    [Fact]
    public void Stopped_after_any_iteration_it_goes_on_from_there_bit_for_bit()
    {
        for (var iteration = 16; iteration <= 22; iteration++)
        {
            var (reports, checkpoint) = NoiseJob.Interrupt(_clip.Model, Twice, null, iteration);
            var (rest, result) = Run(Twice, checkpoint);
            Assert.Equal(_reports.Select(r => r.Loss), reports.Concat(rest).Select(r => r.Loss));
            Assert.Equal(_result.Prompts, result.Prompts);
        }
    }

    private static byte[] Mask(byte[] prompts, string branch)
    {
        using var scope = torch.NewDisposeScope();
        using var file = SafetensorsFile.Read(prompts, "prompts");
        return file.ToTensor($"{branch}.mask").bytes.ToArray();
    }

    private (List<EpochReport> Reports, JobResult Result) Run(JobDefinition job, byte[]? checkpoint)
    {
        using var runner = NoiseJob.Runner(_clip.Model);
        var reports = new List<EpochReport>();
        return (reports, runner.Run(job, checkpoint, reports.Add, CancellationToken.None));
    }
}
