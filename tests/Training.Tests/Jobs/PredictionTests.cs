using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tests.Backbones.Clip;
using AdaptCluster.Training.Tests.Methods;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>What a job keeps of its evaluation: the predicted class of every image, from which its accuracy follows.</summary>
public sealed class PredictionTests : IClassFixture<SmallClip>
{
    private readonly SmallClip _clip;

    public PredictionTests(SmallClip clip)
    {
        torch.set_num_threads(1);
        _clip = clip;
    }

    public static TheoryData<string> Methods => [MethodNames.ZeroShot, .. SmallJobs.Methods];

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_predictions_of_a_job_give_exactly_the_accuracies_that_it_reports(string method)
    {
        var result = Run(Job(method)).Single();

        var found = JobPredictions.Read(result.Predictions!);
        Assert.Equal((result.ValidationCorrect, result.ValidationTotal), (found.Validation.Correct, found.Validation.Count));
        Assert.Equal((result.TestCorrect, result.TestTotal), (found.Test.Correct, found.Test.Count));
        Assert.Equal(["red", "green", "blue"], found.ClassNames);
        Assert.Equal("a photo of a {}.", found.Template);
        // The classes of the split in its order, and no probability below that of chance for the likeliest of three classes.
        Assert.Equal(Enumerable.Range(200, 30).Select(image => (ushort)(image % 3)), found.Test.Labels);
        Assert.All(Enumerable.Range(0, 30), image => Assert.InRange(found.Test.Probability(image), 1 / 3.0 - 1e-4, 1));
    }

    [Fact]
    public void Jobs_that_are_evaluated_together_keep_the_same_bytes_as_alone()
    {
        JobDefinition[] jobs = [.. Methods.Select(row => Job(row.Data))];

        var together = Run(jobs);

        foreach (var (job, result) in jobs.Zip(together)) Assert.Equal(Run(job).Single().Predictions, result.Predictions);
    }

    [Fact]
    public void Jobs_on_the_same_images_keep_the_same_manifest_and_others_another_one()
    {
        JobDefinition other = Job(MethodNames.ZeroShot) with { Seed = 9 };
        var found = Run(Job(MethodNames.CoOp), other).Select(result => JobPredictions.Read(result.Predictions!)).ToArray();

        Assert.Equal(found[0].Test.Manifest, found[1].Test.Manifest);
        Assert.NotEqual(found[0].Test.Manifest, found[0].Validation.Manifest);
    }

    private JobResult[] Run(params JobDefinition[] jobs)
    {
        using var runner = NoiseJob.Runner(_clip.Model);
        return [.. RecordedJob.RunAll(runner, jobs, new PackOptions { Lanes = 64 }).Select(job => job.Result ?? throw job.Error!)];
    }

    private static JobDefinition Job(string method) => method == MethodNames.ZeroShot
        ? NoiseJob.Definition with { Method = method, Train = null, TTarget = null, Scorer = null } : SmallJobs.Of(method);
}
