using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tests.Backbones.Clip;
using CsCheck;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

public sealed class CheckpointTests(SmallClip clip) : IClassFixture<SmallClip>
{
    [Fact]
    public void A_checkpoint_of_a_longer_prompt_is_refused()
    {
        var error = Assert.Throws<CheckpointException>(() => Run(NoiseJob.Definition, Last(Length(4))));
        Assert.Equal(
            "The checkpoint cannot be used (checkpoint: tensor 'image.mask' is U8 [2, 4], but Byte [2, 3] is expected; the file belongs "
            + "to another job); the job restarts from its first epoch.", error.Message);
    }

    [Fact]
    public void A_checkpoint_of_another_epoch_length_is_refused()
    {
        var job = NoiseJob.Definition with { Train = NoiseJob.Definition.Train! with { BatchSize = 6 } };
        var error = Assert.Throws<CheckpointException>(() => Run(job, Last(NoiseJob.Definition)));
        Assert.Contains("belongs to another job", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_checkpoint_is_refused()
    {
        var prompts = Run(NoiseJob.Definition, null).Prompts!;
        var error = Assert.Throws<CheckpointException>(() => Run(NoiseJob.Definition, prompts));
        Assert.Contains("checkpoint: format is ''", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_checkpoint_is_refused_or_changes_numbers_and_nothing_else(bool withinAnEpoch)
    {
        var whole = withinAnEpoch ? NoiseJob.Interrupt(clip.Model, NoiseJob.Definition, null, 11).Checkpoint! : Last(NoiseJob.Definition);
        Gen.Int[0, 8 * Math.Min(whole.Length, 1200) - 1].Sample(flip =>
        {
            var bytes = (byte[])whole.Clone();
            bytes[flip / 8] ^= (byte)(1 << (flip % 8));
            try
            {
                Run(NoiseJob.Definition, bytes);
            }
            catch (AdaptClusterException)
            {
            }
        }, iter: 200, threads: 1);
    }

    private static JobDefinition Length(int length)
    {
        var train = NoiseJob.Definition.Train!;
        return NoiseJob.Definition with { Train = train with { Adapt = train.Adapt with { MaxContextLength = length } } };
    }

    private byte[] Last(JobDefinition job)
    {
        var checkpoint = Array.Empty<byte>();
        using var runner = NoiseJob.Runner(clip.Model);
        runner.Run(job, null, report => checkpoint = report.Checkpoint, CancellationToken.None);
        return checkpoint;
    }

    private JobResult Run(JobDefinition job, byte[]? checkpoint)
    {
        torch.set_num_threads(1);
        using var runner = NoiseJob.Runner(clip.Model);
        return runner.Run(job, checkpoint, _ => { }, CancellationToken.None);
    }
}
