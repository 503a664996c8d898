using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tests.Backbones.Clip;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

public sealed class InterruptedJobTests : IClassFixture<SmallClip>
{
    private const int PerEpoch = 3;
    private const int Iterations = 18;

    private readonly SmallClip _clip;
    private readonly List<EpochReport> _reports;
    private readonly JobResult _whole;

    public InterruptedJobTests(SmallClip clip)
    {
        torch.set_num_threads(1);
        _clip = clip;
        (_reports, _whole) = Run(null);
    }

    [Fact]
    public void A_job_resumed_after_any_epoch_ends_bit_for_bit_where_an_uninterrupted_one_ends()
    {
        Assert.Equal([1, 2, 3, 4, 5, 6], _reports.Select(r => r.Epoch));
        foreach (var report in _reports) AssertGoesOn(report.Checkpoint, report.Epoch);
    }

    [Fact]
    public void A_job_stopped_after_any_iteration_goes_on_from_there_bit_for_bit()
    {
        for (var iteration = 1; iteration <= Iterations - 1; iteration++)
        {
            var (reports, checkpoint) = NoiseJob.Interrupt(_clip.Model, NoiseJob.Definition, null, iteration);
            Assert.Equal(iteration / PerEpoch, reports.Count);
            AssertGoesOn(checkpoint!, reports.Count);
        }
    }

    [Fact]
    public void A_job_stopped_at_every_iteration_still_ends_where_an_uninterrupted_one_ends()
    {
        byte[]? checkpoint = null;
        var reports = new List<EpochReport>();
        for (var iteration = 1; iteration <= Iterations - 1; iteration++)
        {
            var part = NoiseJob.Interrupt(_clip.Model, NoiseJob.Definition, checkpoint, 1);
            (checkpoint, reports) = (part.Checkpoint, [.. reports, .. part.Reports]);
        }
        AssertEqual(_reports.Take(5), reports);
        AssertGoesOn(checkpoint!, 5);
    }

    [Fact]
    public void A_job_stopped_before_its_first_iteration_has_nothing_to_keep_and_one_stopped_again_before_its_next_has_what_it_had()
    {
        Assert.Null(NoiseJob.Interrupt(_clip.Model, NoiseJob.Definition, null, 0).Checkpoint);
        var first = NoiseJob.Interrupt(_clip.Model, NoiseJob.Definition, null, 10).Checkpoint!;
        using var source = new CancellationTokenSource();
        using var runner = NoiseJob.Runner(_clip.Model, index =>
        {
            if (index == 229) source.Cancel();
            return NoiseJob.Noise(index);
        });
        var error = Assert.Throws<JobInterruptedException>(() => runner.Run(NoiseJob.Definition, first, _ => { }, source.Token));
        AssertGoesOn(error.Checkpoint, 3);
    }

    [Fact]
    public void A_state_within_an_epoch_belongs_to_one_length_of_the_epoch()
    {
        var checkpoint = NoiseJob.Interrupt(_clip.Model, NoiseJob.Definition, null, 4).Checkpoint!;
        var job = NoiseJob.Definition with { Train = NoiseJob.Definition.Train! with { Epochs = 1 } };
        using var runner = NoiseJob.Runner(_clip.Model);
        var error = Assert.Throws<CheckpointException>(() => runner.Run(job, checkpoint, _ => { }, CancellationToken.None));
        Assert.Contains(
            "epoch 1 at iteration 4 does not exist in a job with 1 epochs of 3 iterations", error.Message, StringComparison.Ordinal);
    }

    private void AssertGoesOn(byte[] checkpoint, int epochs)
    {
        var (rest, resumed) = Run(checkpoint);
        Assert.Equal(_whole.Prompts, resumed.Prompts);
        Assert.Equal((_whole.TestCorrect, _whole.ValidationCorrect), (resumed.TestCorrect, resumed.ValidationCorrect));
        AssertEqual(_reports.Skip(epochs), rest);
    }

    private static void AssertEqual(IEnumerable<EpochReport> expected, IEnumerable<EpochReport> actual)
    {
        Assert.Equal(expected.Select(Numbers), actual.Select(Numbers));
        Assert.Equal(expected.Select(r => r.Checkpoint), actual.Select(r => r.Checkpoint));
        Assert.Equal(expected.SelectMany(r => r.PruneSteps).Select(Masks), actual.SelectMany(r => r.PruneSteps).Select(Masks));
    }

    private static object Numbers(EpochReport r) =>
        (r.Epoch, r.Iterations, r.Loss, r.TrainAccuracy, r.LearningRate, r.ImageContextTokens, r.TextContextTokens);

    private static string Masks(PruneStep step) =>
        $"{step.Iteration} {Convert.ToHexString(step.ImageMask)} {Convert.ToHexString(step.TextMask)}";

    private (List<EpochReport> Reports, JobResult Result) Run(byte[]? checkpoint)
    {
        using var runner = NoiseJob.Runner(_clip.Model);
        var reports = new List<EpochReport>();
        return (reports, runner.Run(NoiseJob.Definition, checkpoint, reports.Add, CancellationToken.None));
    }
}
