using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods.Adapt.Scorers;
using AdaptCluster.Training.Tests.Backbones.Clip;
using CsCheck;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>Jobs that train in one step find what they would find alone, bit for bit.</summary>
public sealed class LaneTests : IClassFixture<SmallClip>
{
    private static readonly PackOptions Alone = new() { ShareTrunks = false };
    private static readonly JobDefinition[] Mixed =
    [
        NoiseJob.Definition,
        NoiseJob.Definition with { TTarget = 11 },
        NoiseJob.Definition with { TTarget = 15 },
        NoiseJob.Definition with { Scorer = Scorer.GradientNorm },
        NoiseJob.Definition with { Scorer = Scorer.L2Norm, TTarget = 1 },
        With(train => train with { LearningRate = 0.05, LearningRateWarmupEpochs = 0 }),
        With(train => train with { Epochs = 3, Augmentation = Augmentation.None }),
        With(train => train with { Adapt = train.Adapt with { MaxContextLength = 5, PrunePeriod = 1 } }) with { TTarget = 0 },
        With(train => train with { Adapt = train.Adapt with { Retrain = true } }),
        With(train => train with { BatchSize = 3 }),
        NoiseJob.Definition with { Seed = 2, TTarget = 11 },
        NoiseJob.Definition with { Seed = 2 },
        NoiseJob.Definition with { Dataset = NoiseJob.Definition.Dataset with { Template = "one blurred photo of the small {}." } },
    ];

    private static readonly JobDefinition Diverging = With(train => train with { LearningRate = 1e30, WarmupLearningRate = 1e30 });

    private readonly SmallClip _clip;

    public LaneTests(SmallClip clip)
    {
        torch.set_num_threads(1);
        _clip = clip;
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(8, true)]
    [InlineData(16, false)]
    [InlineData(16, true)]
    public void Jobs_in_one_step_find_what_they_find_alone(int lanes, bool trunks)
    {
        var together = RunAll(Mixed, new PackOptions { Lanes = lanes, ShareTrunks = trunks });
        foreach (var (job, heard) in Mixed.Zip(together)) AssertEqual(RunAll([job], Alone)[0], heard);
    }

    [Fact]
    public void Batches_that_are_prepared_ahead_are_those_that_are_prepared_when_they_are_needed()
    {
        var together = RunAll(Mixed, new PackOptions { Lanes = 16, PrepareAhead = true });
        foreach (var (job, heard) in Mixed.Zip(together)) AssertEqual(RunAll([job], Alone)[0], heard);
    }

    [Fact]
    public void A_training_image_is_decoded_once()
    {
        var decoded = new int[12];
        using var runner = NoiseJob.Runner(_clip.Model, onDecoded: index => decoded[index]++);
        RecordedJob.RunAll(runner, [Mixed[0]], Alone);
        Assert.Equal(Enumerable.Repeat(1, 12), decoded);
    }

    [Fact]
    public void Any_jobs_in_any_number_of_lanes_find_what_they_find_alone() =>
        Gen.Select(
            Gen.Select(Gen.Int[0, 15], Gen.Int[0, KnownScorers.All.Count - 1], Gen.Int[1, 4], Gen.Int[1, 6], Gen.Bool).Select(
                (target, scorer, length, rate, total) => With(train => train with
                {
                    Epochs = 2,
                    Adapt = train.Adapt with
                    {
                        MaxContextLength = length,
                        PruneRate = rate,
                        PrunePeriod = 2,
                        PruneWarmupEpochs = 0,
                        ScoreReduction = total ? ScoreReduction.Total : ScoreReduction.PerDimension,
                    },
                }) with
                { TTarget = Math.Min(target, 5 * length), Scorer = KnownScorers.All[scorer].Kind }).Array[1, 6],
            Gen.Int[1, 6], Gen.Bool).Sample((jobs, lanes, trunks) =>
        {
            var distinct = jobs.Distinct().ToArray();
            var together = RunAll(distinct, new PackOptions { Lanes = lanes, ShareTrunks = trunks });
            foreach (var (job, heard) in distinct.Zip(together)) AssertEqual(RunAll([job], Alone)[0], heard);
        }, iter: 25, threads: 1);

    [Fact]
    public void Jobs_that_differ_in_T_target_alone_are_trained_once_until_they_part()
    {
        var targets = (int[])[15, 11, 7, 5];
        var loaded = new List<int>();
        using var runner = NoiseJob.Runner(_clip.Model, index =>
        {
            // Test images are loaded on several threads.
            lock (loaded) loaded.Add(index);
            return NoiseJob.Noise(index);
        });
        var heard = RecordedJob.RunAll(runner, [.. targets.Select(target => NoiseJob.Definition with { TTarget = target })], new PackOptions
        {
            Lanes = 1,
        });
        Assert.All(heard, job => Assert.Equal(6, job.Reports.Count));
        // 18 iterations of 4 images; tokens go after iterations 7 (15 to 11), 11 (to 7) and 15 (to 5), and a job parts where it keeps more.
        Assert.Equal(4 * (18 + (18 - 7) + (18 - 11) + (18 - 15)), loaded.Count(index => index < 100));
        Assert.Equal(targets, heard.Select(job => job.Result!.ImageContextTokens + job.Result.TextContextTokens));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Jobs_stopped_at_any_iteration_and_taken_up_together_end_where_they_would_have_ended(int unread)
    {
        var options = new PackOptions { Lanes = 8, UnreadLosses = unread };
        var jobs = Mixed[..5];
        var whole = RunAll(jobs, new PackOptions { Lanes = 8 });
        for (var stop = 2; stop < 18; stop += 3)
        {
            var events = jobs.Select(_ => new RecordedJob()).ToArray();
            var images = 0;
            using (var runner = NoiseJob.Runner(_clip.Model, index =>
            {
                if (index < 100 && ++images == 4 * stop)
                    foreach (var job in events) job.Cancel();
                return NoiseJob.Noise(index);
            }))
            {
                runner.Run([.. jobs.Select((job, i) => new JobRun(job, null, events[i]))], options);
            }
            Assert.All(events, job => Assert.True(job.Returned));
            var rest = RunAll(jobs, options, i => events[i].Checkpoint);
            for (var i = 0; i < jobs.Length; i++)
            {
                Assert.Equal(whole[i].Result!.Prompts, rest[i].Result!.Prompts);
                Assert.Equal(whole[i].Reports.Select(r => r.Loss), events[i].Reports.Concat(rest[i].Reports).Select(r => r.Loss));
            }
        }
    }

    [Fact]
    public void Tensors_that_are_updated_together_change_no_result()
    {
        var together = RunAll(Mixed, new PackOptions { Lanes = 16, UpdateTogether = true });
        foreach (var (job, heard) in Mixed.Zip(together)) AssertEqual(RunAll([job], Alone)[0], heard);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(100)]
    public void Losses_that_are_read_together_change_no_result(int unread)
    {
        var together = RunAll(Mixed, new PackOptions { Lanes = 16, UnreadLosses = unread });
        foreach (var (job, heard) in Mixed.Zip(together)) AssertEqual(RunAll([job], Alone)[0], heard);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(100, false)]
    [InlineData(100, true)]
    public void A_lane_that_diverges_fails_alone_and_by_the_iteration_whose_loss_it_was(int unread, bool padded)
    {
        JobDefinition[] jobs = [Mixed[0], Diverging, Diverging with { TTarget = 11 }, Mixed[3]];
        var alone = Assert.IsType<DivergedException>(RunAll([Diverging], Alone)[0].Error);
        var sound = ((int[])[0, 3]).Select(i => RunAll([jobs[i]], Alone)[0]).ToArray();
        _clip.Model.PadsPrompts = padded;
        try
        {
            var heard = RunAll(jobs, new PackOptions { Lanes = 4, UnreadLosses = unread, UpdateTogether = padded });
            foreach (var i in (int[])[1, 2]) Assert.Equal(alone.Message, Assert.IsType<DivergedException>(heard[i].Error).Message);
            foreach (var (expected, i) in sound.Zip((int[])[0, 3]))
            {
                if (!padded) AssertEqual(expected, heard[i]);
                else
                    Assert.All(expected.Reports.Zip(heard[i].Reports), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-4));
                Assert.Equal(expected.Reports.Count, heard[i].Reports.Count);
            }
        }
        finally
        {
            _clip.Model.PadsPrompts = false;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void A_job_that_has_diverged_fails_and_is_not_returned_when_it_is_cancelled(int unread)
    {
        var (images, events) = (0, new RecordedJob());
        using var runner = NoiseJob.Runner(_clip.Model, index =>
        {
            // In the second iteration, whose loss is the first that is not finite.
            if (index < 100 && ++images == 8) events.Cancel();
            return NoiseJob.Noise(index);
        });
        runner.Run([new JobRun(Diverging, null, events)], new PackOptions { UnreadLosses = unread });
        Assert.Equal(2, Assert.IsType<DivergedException>(events.Error).Iteration);
        Assert.False(events.Returned);
    }

    [Fact]
    public void The_others_of_a_trunk_go_on_when_the_job_that_leads_it_is_cancelled()
    {
        JobDefinition[] jobs = [NoiseJob.Definition with { TTarget = 11 },
            NoiseJob.Definition with { TTarget = 7 }, NoiseJob.Definition with
        {
            TTarget = 1,
        }];
        var events = jobs.Select(_ => new RecordedJob()).ToArray();
        events[2] = new RecordedJob(report =>
        {
            if (report.Epoch == 2) events[2].Cancel();
        });
        using var runner = NoiseJob.Runner(_clip.Model);
        runner.Run([.. jobs.Select((job, i) => new JobRun(job, null, events[i]))], new PackOptions { Lanes = 4 });
        Assert.Equal((true, 2), (events[2].Returned, events[2].Reports.Count));
        foreach (var i in (int[])[0, 1]) AssertEqual(RunAll([jobs[i]], Alone)[0], events[i]);
        AssertEqualEnd(RunAll([jobs[2]], Alone)[0], RunAll([jobs[2]], Alone, _ => events[2].Checkpoint)[0]);
    }

    [Fact]
    public void Too_many_lanes_for_the_memory_become_fewer_and_no_result_changes()
    {
        var loads = 0;
        using var runner = NoiseJob.Runner(_clip.Model, index =>
            index < 100 && ++loads is 9 or 10 ? throw new InvalidOperationException("CUDA out of memory. Tried to allocate 2.00 GiB")
                : NoiseJob.Noise(index));
        var heard = RecordedJob.RunAll(runner, Mixed[..6], new PackOptions { Lanes = 6 });
        foreach (var (job, i) in Mixed[..6].Select((job, i) => (job, i))) AssertEqual(RunAll([job], Alone)[0], heard[i]);
    }

    [Theory]
    [InlineData(long.MaxValue, 1)]
    [InlineData(1, 2)]
    public void A_step_has_no_more_lanes_than_its_memory_allows_and_at_least_one_and_no_result_changes(long bytes, int steps)
    {
        JobDefinition[] jobs = [Mixed[0], Mixed[3]];
        var loaded = 0;
        using var runner = NoiseJob.Runner(_clip.Model, index =>
        {
            if (index < 100) loaded++;
            return NoiseJob.Noise(index);
        });
        var heard = RecordedJob.RunAll(runner, jobs, new PackOptions { Lanes = 8, StepBytes = bytes });
        // Lanes of one step and one seed share their batch of 4 images; 18 iterations.
        Assert.Equal(steps * 18 * 4, loaded);
        foreach (var (job, i) in jobs.Select((job, i) => (job, i))) AssertEqual(RunAll([job], Alone)[0], heard[i]);
    }

    [Fact]
    public void An_image_that_cannot_be_read_fails_the_jobs_that_need_it_and_no_other()
    {
        using var runner = NoiseJob.Runner(_clip.Model, index =>
            index == 3 ? throw new Contracts.InvalidInputException("3.png is damaged.") : NoiseJob.Noise(index));
        var heard = RecordedJob.RunAll(runner, [Mixed[0],
            Mixed[0] with { Train = null, Method = MethodNames.ZeroShot, TTarget = null, Scorer = null }], new PackOptions
            {
                Lanes = 2,
            });
        Assert.Equal("3.png is damaged.", heard[0].Error!.Message);
        Assert.NotNull(heard[1].Result);
    }

    [Fact]
    public void A_job_that_is_not_wanted_any_more_is_returned_untouched()
    {
        var events = new RecordedJob { Wanted = false };
        using var runner = NoiseJob.Runner(_clip.Model);
        runner.Run([new JobRun(NoiseJob.Definition, null, events)], new PackOptions());
        Assert.Equal((true, null, 0), (events.Returned, events.Checkpoint, events.Reports.Count));
    }

    private static JobDefinition With(Func<TrainSettings, TrainSettings> change) => NoiseJob.Definition with
    {
        Train = change(NoiseJob.Definition.Train!),
    };

    private RecordedJob[] RunAll(IReadOnlyList<JobDefinition> jobs, PackOptions options, Func<int, byte[]?>? checkpoint = null)
    {
        using var runner = NoiseJob.Runner(_clip.Model);
        return RecordedJob.RunAll(runner, jobs, options, checkpoint);
    }

    private static void AssertEqual(RecordedJob alone, RecordedJob together)
    {
        Assert.Equal(alone.Reports.Select(Numbers), together.Reports.Select(Numbers));
        Assert.Equal(alone.Reports.SelectMany(r => r.PruneSteps).Select(Masks),
            together.Reports.SelectMany(r => r.PruneSteps).Select(Masks));
        AssertEqualEnd(alone, together);
    }

    private static void AssertEqualEnd(RecordedJob alone, RecordedJob together)
    {
        Assert.NotNull(alone.Result);
        Assert.Equal(alone.Result with { Duration = default, Prompts = null, Predictions = null }, together.Result! with
        {
            Duration = default,
            Prompts = null,
            Predictions = null,
        });
        Assert.Equal(alone.Result.Predictions, together.Result.Predictions);
        Assert.Equal(alone.Result.Prompts, together.Result.Prompts);
    }

    private static object Numbers(EpochReport r) =>
        (r.Epoch, r.Iterations, r.Images, r.Loss, r.TrainAccuracy, (r.LearningRate, r.ImageContextTokens, r.TextContextTokens));

    private static string Masks(PruneStep step) =>
        $"{step.Iteration} {Convert.ToHexString(step.ImageMask)} {Convert.ToHexString(step.TextMask)}";
}
