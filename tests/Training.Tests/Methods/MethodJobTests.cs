using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tests.Backbones.Clip;
using AdaptCluster.Training.Tests.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Methods;

/// <summary>What every method that trains must do as a job, whatever it trains: those that are registered are tested.</summary>
public sealed class MethodJobTests : IClassFixture<SmallClip>
{
    private const int Iterations = 18;
    private const int PerEpoch = 3;

    private static readonly PackOptions _alone = new() { ShareTrunks = false };

    private readonly SmallClip _clip;

    public MethodJobTests(SmallClip clip)
    {
        torch.set_num_threads(1);
        _clip = clip;
    }

    public static TheoryData<string> Methods => [.. SmallJobs.Methods];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_job_lowers_its_loss_and_gives_the_trained_tensors(string method)
    {
        var job = SmallJobs.Of(method);
        job = job with { Train = job.Train! with { LearningRate = 0.002, LearningRateWarmupEpochs = 0, Augmentation = Augmentation.None } };
        var heard = Run(job);
        Assert.True(heard.Reports[^1].Loss < heard.Reports[0].Loss,
            $"The loss went from {heard.Reports[0].Loss} to {heard.Reports[^1].Loss}.");
        Assert.True(heard.Result!.TrainableParameters > 0 && heard.Result.ImageContextTokens + heard.Result.TextContextTokens > 0);
        Assert.NotEmpty(heard.Result.Prompts!);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_job_stopped_after_any_iteration_goes_on_from_there_bit_for_bit(string method)
    {
        var job = SmallJobs.Of(method);
        var whole = Run(job);
        for (var iteration = 1; iteration < Iterations; iteration++)
        {
            var (reports, checkpoint) = NoiseJob.Interrupt(_clip.Model, job, null, iteration);
            Assert.Equal(iteration / PerEpoch, reports.Count);
            var rest = Run(job, checkpoint);
            Assert.Equal(whole.Result!.Prompts, rest.Result!.Prompts);
            Assert.Equal(whole.Reports.Select(Numbers), reports.Concat(rest.Reports).Select(Numbers));
            Assert.Equal(whole.Reports[^1].Checkpoint, rest.Reports[^1].Checkpoint);
        }
    }

    [Fact]
    public void Jobs_of_all_methods_in_one_step_find_what_they_find_alone_bit_for_bit()
    {
        JobDefinition[] jobs = [.. SmallJobs.Methods.SelectMany(method => (JobDefinition[])[SmallJobs.Of(method), SmallJobs.Of(method) with
        {
            Seed = 5,
        }])];
        using var runner = NoiseJob.Runner(_clip.Model);
        var together = RecordedJob.RunAll(runner, jobs, new PackOptions { Lanes = 64 });
        foreach (var (job, heard) in jobs.Zip(together))
        {
            var alone = Run(job);
            Assert.Equal(alone.Reports.Select(Numbers), heard.Reports.Select(Numbers));
            Assert.Equal(alone.Result!.Prompts, heard.Result!.Prompts);
            Assert.Equal(alone.Result.Predictions, heard.Result.Predictions);
            Assert.Equal(alone.Result with { Duration = default, Prompts = null, Predictions = null }, heard.Result with
            {
                Duration = default,
                Prompts = null,
                Predictions = null,
            });
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Features_that_are_kept_change_nothing(string method)
    {
        using var scope = torch.NewDisposeScope();
        var job = SmallJobs.Of(method);
        var heard = Run(job with { Train = job.Train! with { Augmentation = Augmentation.None, Epochs = 2 } });
        // Images that come as if they were augmented, but are not, are embedded and encoded in each iteration.
        using var plain = NoiseJob.Runner(_clip.Model, augment: false);
        var fresh = RecordedJob.RunAll(plain, [job with { Train = job.Train! with { Epochs = 2 } }], _alone)[0];
        Assert.Equal(fresh.Reports.Select(report => report.Loss), heard.Reports.Select(report => report.Loss),
            (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_checkpoint_of_another_method_is_refused(string method)
    {
        var other = SmallJobs.Methods.First(name => name != method && name is MethodNames.Vpt or MethodNames.Lamm);
        var checkpoint = Run(SmallJobs.Of(other)).Reports[0].Checkpoint;
        Assert.IsType<CheckpointException>(Run(SmallJobs.Of(method), checkpoint).Error);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Training_leaves_no_tensor_behind(string method)
    {
        Run(SmallJobs.Of(method));
        // Of this thread: other tests run at the same time.
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Run(SmallJobs.Of(method));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_method_that_there_is_none_of_is_refused_with_those_there_are()
    {
        var error = Run(SmallJobs.Of(MethodNames.CoOp) with { Method = "coup" }).Error;
        Assert.IsType<InvalidInputException>(error);
        Assert.Equal($"There is no method 'coup'; use one of {string.Join(", ", KnownMethods.All.Names)}.",
            error.Message);
    }

    [Theory]
    [InlineData(
        MethodNames.CoOp,
        "The longest text has 19 tokens including start and end, 16 of them trained, but the model accepts at most 12. "
        + "Lower contextLength, or shorten the class name or the template.")]
    [InlineData(MethodNames.ProGrad,
        "The longest text has 19 tokens including start and end, 16 of them trained, but the model accepts at most 12. "
        + "Lower contextLength, or shorten the class name or the template.")]
    public void A_context_that_is_too_long_for_the_model_is_refused(string method, string message)
    {
        var error = Run(SmallJobs.Of(method) with { Train = KnownMethods.All.Find(method).Preset }).Error;
        Assert.IsType<InvalidInputException>(error);
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Methods_that_start_from_the_template_s_words_all_start_with_one_and_the_same_classifier()
    {
        var found = ((string, Func<TrainSettings, TrainSettings>)[])
        [
            (MethodNames.CoOp, train => train with { CoOp = new() { StartFromTemplate = true } }),
            (MethodNames.ProGrad, train => train with { ProGrad = new() { ContextLength = 4 } }),
            (MethodNames.KgCoOp, train => train),
            (MethodNames.Lamm, train => train),
        ];
        var results = found.Select(method =>
            Run(SmallJobs.Of(method.Item1) with { Train = method.Item2(SmallJobs.Of(method.Item1).Train! with { Epochs = 0 }) }).Result!)
                .ToArray();
        Assert.Single(results.Select(result => (result.TestCorrect, result.ValidationCorrect)).Distinct());
        Assert.Equal([4, 4, 4, 3], results.Select(result => result.TextContextTokens));
    }

    private RecordedJob Run(JobDefinition job, byte[]? checkpoint = null)
    {
        using var runner = NoiseJob.Runner(_clip.Model);
        return RecordedJob.RunAll(runner, [job], _alone, _ => checkpoint)[0];
    }

    private static object Numbers(EpochReport r) =>
        (r.Epoch, r.Iterations, r.Images, r.Loss, r.TrainAccuracy, (r.LearningRate, r.ImageContextTokens, r.TextContextTokens));
}
