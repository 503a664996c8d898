using System.Collections.Concurrent;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data.Caching;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tests.Backbones.Clip;
using AdaptCluster.Training.Tests.Data;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>Images are read once for all that need them, and every job finds what it finds alone.</summary>
public sealed class EvaluationTests : IClassFixture<SmallClip>, IDisposable
{
    private static readonly ImageCacheOptions Nothing = new() { MemoryBytes = 0, EmbeddedBytes = 0 };

    private readonly ConcurrentDictionary<int, int> _loads = new();
    private readonly ScratchFolder _folder = new();
    private readonly List<ImageCache> _kept = [];
    private readonly SmallClip _clip;

    public EvaluationTests(SmallClip clip)
    {
        torch.set_num_threads(1);
        _clip = clip;
    }

    /// <summary>Four methods and two seeds of the same length.</summary>
    private static JobDefinition[] Jobs { get; } =
    [
        NoiseJob.Definition, NoiseJob.Definition with { TTarget = 11 }, NoiseJob.Definition with { Scorer = Scorer.L2Norm, TTarget = 1 },
        NoiseJob.Definition with { Seed = 3 },
    ];

    public void Dispose()
    {
        foreach (var kept in _kept) kept.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Jobs_that_end_together_read_each_test_image_once_and_find_what_they_find_alone()
    {
        var together = Run(Jobs, Nothing, lanes: 4);

        Assert.All(Enumerable.Range(200, 30), image => Assert.Equal(1, _loads[image]));
        // Validation images belong to the draw of a seed: one pass for each of the two.
        Assert.All(Enumerable.Range(100, 6), image => Assert.Equal(2, _loads[image]));
        foreach (var (job, heard) in Jobs.Zip(together))
        {
            using var runner = NoiseJob.Runner(_clip.Model);
            AssertSame(runner.Run(job, null, _ => { }, CancellationToken.None), heard.Result!);
        }
    }

    [Fact]
    public void Untrained_jobs_read_each_test_image_once()
    {
        JobDefinition[] jobs = [.. new[] { 1, 2, 3 }.Select(seed => ZeroShot with { Seed = seed })];
        var heard = Run(jobs, Nothing, lanes: 3);
        Assert.All(heard, job => Assert.NotNull(job.Result));
        Assert.All(Enumerable.Range(200, 30), image => Assert.Equal(1, _loads[image]));
    }

    [Fact]
    public void Jobs_that_end_apart_decode_no_kept_image_again()
    {
        JobDefinition[] jobs = [NoiseJob.Definition, NoiseJob.Definition with { Train = NoiseJob.Definition.Train! with { Epochs = 3 } }];
        Run(jobs, new ImageCacheOptions { EmbeddedBytes = 0 }, lanes: 2);
        Assert.All(Enumerable.Range(200, 30), image => Assert.Equal(1, _loads[image]));
    }

    [Fact]
    public void Embedded_images_bytes_in_memory_and_bytes_in_a_file_give_the_same_results()
    {
        ImageCacheOptions inFile = new() { MemoryBytes = 0, EmbeddedBytes = 0, Folder = _folder.Root, FileBytes = 1 << 20 };
        var results = ((ImageCacheOptions[])[new(), new() { EmbeddedBytes = 0 }, inFile, Nothing])
            .Select(options => Run(Jobs, options, lanes: 2).Select(job => job.Result!).ToArray()).ToArray();
        foreach (var result in results[1..])
            foreach (var (expected, found) in results[0].Zip(result)) AssertSame(expected, found);
    }

    [Fact]
    public void A_job_that_fails_in_the_evaluation_leaves_those_beside_it_alone()
    {
        var wild = NoiseJob.Definition with
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
        var tame = wild with { Train = wild.Train! with { LearningRate = 0.01, WeightDecay = 0 } };
        var heard = Run([wild, tame], Nothing, lanes: 2);
        Assert.Contains("NaN or infinite", heard[0].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(30, heard[1].Result!.TestTotal);
    }

    [Fact]
    public void An_image_that_breaks_before_the_evaluation_fails_all_that_need_it_with_its_own_error()
    {
        var broken = false;
        var heard = Run(Jobs[..2], Nothing, lanes: 2, index =>
        {
            if (index is 0) broken = true;
            if (broken && index == 217) throw new InvalidInputException("217 is damaged.");
        });
        Assert.All(heard, job => Assert.Equal("217 is damaged.", job.Error!.Message));
    }

    [Fact]
    public void A_job_that_is_cancelled_in_the_evaluation_is_returned_and_those_beside_it_go_on()
    {
        var events = Jobs.Select(_ => new RecordedJob()).ToArray();
        using var runner = Runner(Nothing, index =>
        {
            if (index == 100) events[1].Cancel();
        });
        runner.Run([.. Jobs.Select((job, i) => new JobRun(job, null, events[i]))], new PackOptions { Lanes = 4 });
        Assert.True(events[1].Returned);
        Assert.All((int[])[0, 2, 3], i => Assert.NotNull(events[i].Result));
    }

    [Fact]
    public void Only_the_first_batch_of_a_training_is_prepared_by_the_thread_that_trains()
    {
        var own = new ConcurrentBag<int>();
        var training = Environment.CurrentManagedThreadId;
        using var runner = Runner(new ImageCacheOptions(), index =>
        {
            if (index < 100 && Environment.CurrentManagedThreadId == training) own.Add(index);
        });
        var heard = RecordedJob.RunAll(runner, [NoiseJob.Definition], new PackOptions { PrepareAhead = true });
        Assert.Equal(6, heard[0].Reports.Count);
        Assert.Equal(4, own.Count);
    }

    [Fact]
    public void Pixels_are_the_same_numbers_looked_up_on_the_device()
    {
        var preprocessor = new ClipPreprocessor(4);
        var pixels = new byte[5 * preprocessor.ByteCount()];
        new Random(1).NextBytes(pixels);
        using var tensors = new PixelTensors(preprocessor, torch.CPU);
        using var here = tensors.Of(pixels, 5);
        using var there = tensors.There(pixels, 5);
        Assert.Equal(here.shape, there.shape);
        Assert.Equal(here.bytes.ToArray(), there.contiguous().bytes.ToArray());
        var expected = new float[preprocessor.ByteCount()];
        preprocessor.Values.Read(pixels.AsSpan(0, expected.Length), expected);
        Assert.Equal(expected, here[0].data<float>().ToArray());
    }

    private static JobDefinition ZeroShot { get; } = NoiseJob.Definition with
    {
        Method = MethodNames.ZeroShot,
        Train = null,
        TTarget = null,
        Scorer = null,
    };

    private RecordedJob[] Run(JobDefinition[] jobs, ImageCacheOptions options, int lanes, Action<int>? onLoad = null)
    {
        _loads.Clear();
        using var runner = Runner(options, onLoad);
        return RecordedJob.RunAll(runner, jobs, new PackOptions { Lanes = lanes });
    }

    private JobRunner Runner(ImageCacheOptions options, Action<int>? onLoad)
    {
        _kept.Add(new ImageCache(options));
        return NoiseJob.Runner(_clip.Model, index =>
        {
            _loads.AddOrUpdate(index, 1, (_, count) => count + 1);
            onLoad?.Invoke(index);
            return NoiseJob.Noise(index);
        }, images: _kept[^1]);
    }

    private static void AssertSame(JobResult expected, JobResult found)
    {
        Assert.Equal(expected.Prompts, found.Prompts);
        Assert.Equal((expected.ValidationCorrect, expected.TestCorrect), (found.ValidationCorrect, found.TestCorrect));
    }
}
