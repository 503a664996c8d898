using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Pretraining;
using AdaptCluster.Training.Tests.Data;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Pretraining;

public sealed class PretrainerTests : IDisposable
{
    private static readonly PretrainOptions Short = new() { Steps = 30, BatchSize = 32, WarmupSteps = 5, Seed = 4 };
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Thirty_steps_lower_the_loss_and_give_the_same_bytes_again()
    {
        torch.set_num_threads(1);
        var reports = new List<PretrainProgress>();

        var first = Pretrainer.Run(Short with { Steps = 1 }, _folder.At("one"), reports.Add, CancellationToken.None);
        var longer = Pretrainer.Run(Short, _folder.At("first"), reports.Add, CancellationToken.None);
        var again = Pretrainer.Run(Short, _folder.At("second"), _ => { }, CancellationToken.None);

        Assert.Equal([1, 30], reports.Select(report => report.Step));
        Assert.True(reports[1].Loss < reports[0].Loss - 0.1, $"{reports[0].Loss} then {reports[1].Loss}");
        Assert.True(longer.ImageToText > first.ImageToText, $"{first} then {longer}");
        Assert.Equal(longer, again);
        foreach (var file in Directory.GetFiles(_folder.At("first")))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(_folder.At("second", Path.GetFileName(file))));
    }

    [Fact]
    public void The_result_is_a_small_snapshot_folder_with_nothing_left_beside_it()
    {
        Pretrainer.Run(Short with { Steps = 1 }, _folder.At("model"), _ => { }, CancellationToken.None);

        Assert.Equal(
            [ClipConfig.FileName, "merges.txt", ClipModel.WeightsFileName, "vocab.json"],
            Directory.GetFiles(_folder.At("model")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal([_folder.At("model")], Directory.GetFileSystemEntries(_folder.Root));
        Assert.True(Directory.GetFiles(_folder.At("model")).Sum(file => new FileInfo(file).Length) < 4 << 20);
        using var model = ClipModel.Load(_folder.At("model"), torch.CPU);
        Assert.Equal(Pretrainer.Config(model.Config.VocabularySize), model.Config with { InitialLogitScale = Math.Log(1 / 0.07) });
    }

    [Fact]
    public void Another_seed_gives_another_model()
    {
        Pretrainer.Run(Short with { Steps = 1 }, _folder.At("a"), _ => { }, CancellationToken.None);
        Pretrainer.Run(Short with { Steps = 1, Seed = 5 }, _folder.At("b"), _ => { }, CancellationToken.None);

        var (a, b) = (_folder.At("a", ClipModel.WeightsFileName), _folder.At("b", ClipModel.WeightsFileName));
        Assert.NotEqual(File.ReadAllBytes(a), File.ReadAllBytes(b));
    }

    [Fact]
    public void A_cancelled_run_writes_nothing()
    {
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() =>
            Pretrainer.Run(Short with { Steps = 200 }, _folder.At("model"), _ => cancellation.Cancel(), cancellation.Token));

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Root));
    }

    [Fact]
    public void Options_that_cannot_be_trained_are_refused_by_name()
    {
        Refused("steps is 0; write at least 1", Short with { Steps = 0 });
        Refused("batch size is 1; write 2 to 4096", Short with { BatchSize = 1 });
        Refused("steps times batch size is 4096000000; write at most", Short with { Steps = 1_000_000, BatchSize = 4096 });
        Refused("learning rate is NaN; write a number above 0", Short with { LearningRate = double.NaN });
        Refused("warm-up steps is -1; write at least 0", Short with { WarmupSteps = -1 });
        Refused("weight decay is 2; write 0 to 1", Short with { WeightDecay = 2 });
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_refused_by_name()
    {
        var file = _folder.Write("file", "");

        var error = Assert.Throws<InvalidInputException>(() =>
            Pretrainer.Run(Short, Path.Combine(file, "model"), _ => { }, CancellationToken.None));

        Assert.StartsWith(Path.Combine(file, "model"), error.Message, StringComparison.Ordinal);
    }

    private void Refused(string expected, PretrainOptions options)
    {
        var error = Assert.Throws<InvalidInputException>(() =>
            Pretrainer.Run(options, _folder.At("model"), _ => { }, CancellationToken.None));
        Assert.StartsWith($"Pretraining: {expected}", error.Message, StringComparison.Ordinal);
    }
}
