using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods.Adapt.Scorers;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tests.Backbones.Clip;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

public sealed class JobRunnerTests(SmallClip clip) : IClassFixture<SmallClip>
{
    [Fact]
    public void A_job_run_twice_gives_the_same_bits_with_kept_images_or_fresh_ones()
    {
        var job = NoiseJob.Definition with { Train = NoiseJob.Definition.Train! with { Augmentation = Augmentation.None } };
        using var runner = NoiseJob.Runner(clip.Model);
        var first = runner.Run(job, null, _ => { }, CancellationToken.None);
        var second = runner.Run(job, null, _ => { }, CancellationToken.None);
        Assert.Equal(first.Prompts, second.Prompts);
        Assert.Equal(first.Prompts, Run(job).Result.Prompts);
    }

    [Fact]
    public void Another_seed_gives_another_run() =>
        Assert.NotEqual(Run(NoiseJob.Definition).Result.Prompts, Run(NoiseJob.Definition with { Seed = 3 }).Result.Prompts);

    [Fact]
    public void A_job_prunes_to_its_target_and_says_what_is_left()
    {
        var (reports, result) = Run(NoiseJob.Definition);
        // 3 iterations of warm-up, then a prune step every 4: 15 tokens to 11, 7 and 5.
        Assert.Equal([7, 11, 15], reports.SelectMany(r => r.PruneSteps).Select(s => s.Iteration));
        Assert.Equal([15, 15, 11, 7, 5, 5], reports.Select(r => r.ImageContextTokens + r.TextContextTokens));
        Assert.Equal(5, result.ImageContextTokens + result.TextContextTokens);
        Assert.Equal((32 * result.ImageContextTokens) + (16 * result.TextContextTokens), result.TrainableParameters);
        Assert.Equal((6, 30), (result.ValidationTotal, result.TestTotal));
        Assert.InRange(result.TestCorrect, 0, 30);
    }

    [Fact]
    public void Masks_only_ever_lose_tokens_and_agree_with_the_final_prompts()
    {
        var (reports, result) = Run(NoiseJob.Definition);
        var steps = reports.SelectMany(r => r.PruneSteps).ToList();
        for (var i = 1; i < steps.Count; i++)
        {
            Assert.All(steps[i].ImageMask.Zip(steps[i - 1].ImageMask), pair => Assert.True(pair.First <= pair.Second));
            Assert.All(steps[i].TextMask.Zip(steps[i - 1].TextMask), pair => Assert.True(pair.First <= pair.Second));
        }
        using var scope = torch.NewDisposeScope();
        using var file = SafetensorsFile.Read(result.Prompts!, "prompts");
        Assert.Equal(steps[^1].ImageMask, file.ToTensor("image.mask").bytes.ToArray());
        var dead = file.ToTensor("text.mask").eq(torch.zeros(1, dtype: torch.uint8)).unsqueeze(-1);
        Assert.Equal(0f, (file.ToTensor("text.prompts") * dead).abs().sum().item<float>());
    }

    public static TheoryData<string> Scorers() => [.. KnownScorers.All.Select(scorer => scorer.Name)];

    [Theory]
    [MemberData(nameof(Scorers))]
    public void A_target_of_zero_takes_every_token_and_the_job_still_ends(string scorer)
    {
        var adapt = NoiseJob.Definition.Train!.Adapt with { PrunePeriod = 2 };
        var train = NoiseJob.Definition.Train! with { Adapt = adapt };
        var (_, result) = Run(NoiseJob.Definition with { TTarget = 0, Scorer = new(scorer), Train = train });
        Assert.Equal((0, 0, 0L), (result.ImageContextTokens, result.TextContextTokens, result.TrainableParameters));
        Assert.Equal(Run(ZeroShot).Result.TestCorrect, result.TestCorrect);
    }

    [Fact]
    public void Zero_shot_has_no_epochs_no_prompts_and_no_parameters()
    {
        var (reports, result) = Run(ZeroShot);
        Assert.Empty(reports);
        Assert.Null(result.Prompts);
        Assert.Equal(0, result.TrainableParameters);
    }

    [Fact]
    public void Training_lowers_the_loss()
    {
        var (reports, _) = Run(NoiseJob.Definition with { TTarget = 15, Train = NoiseJob.Definition.Train! with { Epochs = 30 } });
        Assert.True(reports[^1].Loss < reports[0].Loss, $"{reports[0].Loss} to {reports[^1].Loss}");
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_the_job_with_iteration_and_loss()
    {
        var job = NoiseJob.Definition with { Train = NoiseJob.Definition.Train! with { LearningRate = 1e38, WeightDecay = 1e38 } };
        var error = Assert.Throws<DivergedException>(() => Run(job));
        Assert.False(double.IsFinite(error.Loss));
        Assert.Contains($"iteration {error.Iteration}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_no_number_before_any_update_is_not_blamed_on_the_learning_rate()
    {
        var train = NoiseJob.Definition.Train!;
        var job = NoiseJob.Definition with { Train = train with { Adapt = train.Adapt with { InitialStandardDeviation = 1e38 } } };
        var error = Assert.Throws<DivergedException>(() => Run(job));
        Assert.Equal(1, error.Iteration);
        Assert.DoesNotContain("learningRate", error.Message, StringComparison.Ordinal);
        Assert.Contains("train.adapt.initialStandardDeviation", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompts_that_overflow_in_the_last_update_end_the_job_and_give_no_accuracy()
    {
        var job = NoiseJob.Definition with
        {
            TTarget = 15,
            Train = NoiseJob.Definition.Train! with
            {
                Epochs = 1,
                BatchSize = 12,
                LearningRateWarmupEpochs = 0,
                LearningRate = 1e38,
                WeightDecay = 1e38,
            },
        };
        var error = Assert.Throws<AdaptClusterException>(() => Run(job));
        Assert.Contains("logits that are NaN or infinite", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(229)]
    public void A_damaged_validation_or_test_image_ends_a_job_before_its_first_epoch(int damaged)
    {
        using var runner = NoiseJob.Runner(clip.Model, index =>
            index == damaged ? throw new InvalidInputException($"image {index} is damaged") : NoiseJob.Noise(index));
        var epochs = 0;
        var error = Assert.Throws<InvalidInputException>(
            () => runner.Run(NoiseJob.Definition, null, _ => epochs++, CancellationToken.None));
        Assert.Equal(($"image {damaged} is damaged", 0), (error.Message, epochs));
    }

    [Fact]
    public void A_damaged_image_ends_the_job_with_its_own_error()
    {
        using var runner = NoiseJob.Runner(clip.Model, index => throw new InvalidInputException($"image {index} is damaged"));
        var error = Assert.Throws<InvalidInputException>(() => runner.Run(NoiseJob.Definition, null, _ => { }, CancellationToken.None));
        Assert.Contains("is damaged", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 3, 4, "tTarget is -1; write a whole number from 0")]
    [InlineData(5, 0, 4, "train.adapt.maxContextLength is 0; write a whole number from 1 to 256.")]
    [InlineData(5, 2000000000, 4, "train.adapt.maxContextLength is 2000000000")]
    [InlineData(5, 3, 0, "train.adapt.prunePeriod is 0; write a whole number from 1")]
    public void A_setting_out_of_range_is_refused_before_anything_is_allocated(int target, int length, int period, string expected)
    {
        var adapt = NoiseJob.Definition.Train!.Adapt with { MaxContextLength = length, PrunePeriod = period };
        var job = NoiseJob.Definition with { TTarget = target, Train = NoiseJob.Definition.Train! with { Adapt = adapt } };
        Assert.StartsWith(expected, Assert.Throws<InvalidInputException>(() => Run(job)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_incomplete_last_batch_is_dropped_unless_it_is_the_only_one()
    {
        Assert.Equal(2, new TrainSettings { BatchSize = 4 }.IterationsPerEpoch(images: 11));
        Assert.Equal(1, new TrainSettings { BatchSize = 4 }.IterationsPerEpoch(images: 3));
    }

    [Fact]
    public void No_tensor_is_left_behind_by_training_or_evaluation()
    {
        using var runner = NoiseJob.Runner(clip.Model);
        var counts = new List<long>();
        var job = NoiseJob.Definition with { TTarget = 15, Train = NoiseJob.Definition.Train! with { Epochs = 20 } };
        runner.Run(job, null, _ => counts.Add(Live()), CancellationToken.None);
        Assert.Equal(counts[1], counts[^1]);
        // Once, for the masks of shorter contexts that the runner keeps.
        runner.Run(job with { TTarget = 5 }, null, _ => { }, CancellationToken.None);
        var before = Live();
        runner.Run(job with { TTarget = 5 }, null, _ => { }, CancellationToken.None);
        Assert.Equal(before, Live());
    }

    private static JobDefinition ZeroShot =>
        NoiseJob.Definition with { Method = MethodNames.ZeroShot, Scorer = null, TTarget = null, Train = null };

    // Per thread, so that tests beside this one do not count.
    private static long Live() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    private (List<EpochReport> Reports, JobResult Result) Run(JobDefinition job, byte[]? checkpoint = null)
    {
        torch.set_num_threads(1);
        using var runner = NoiseJob.Runner(clip.Model);
        var reports = new List<EpochReport>();
        return (reports, runner.Run(job, checkpoint, reports.Add, CancellationToken.None));
    }
}
