using System.Diagnostics;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Numerics;
using AdaptCluster.Training.Random;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>Trains a method over the epochs of a job.</summary>
/// <param name="settings">How.</param>
/// <param name="seed">Seed of data order and augmentation.</param>
/// <param name="images">The training shots.</param>
internal sealed class Trainer(TrainSettings settings, int seed, ImageBatches images)
{
    private readonly Sgd _sgd = new(settings.Momentum, settings.WeightDecay);
    private readonly int _perEpoch = IterationsPerEpoch(images.Count, settings.BatchSize);
    private readonly int _batch = Math.Min(settings.BatchSize, images.Count);

    /// <summary>Iterations of one epoch: full batches only, or one small one when there is no full one.</summary>
    internal static int IterationsPerEpoch(int images, int batchSize) => Math.Max(1, images / batchSize);

    /// <summary>Trains to the end of the last epoch.</summary>
    /// <param name="method">What is trained, freshly made.</param>
    /// <param name="checkpoint">The state to go on from; null to start.</param>
    /// <param name="onEpoch">Hears of each epoch, on this thread.</param>
    /// <param name="cancellation">Looked at before each iteration.</param>
    /// <exception cref="JobInterruptedException">The run was cancelled; it holds the state after the last iteration.</exception>
    internal void Run(ITrainableMethod method, byte[]? checkpoint, Action<EpochReport> onEpoch, CancellationToken cancellation)
    {
        var epochs = settings.Epochs * method.Rounds;
        var position = checkpoint is null ? TrainingPosition.Start : Checkpoint.Restore(checkpoint, method, epochs, _perEpoch, _batch);
        var part = position.Part;
        for (var epoch = position.Epochs + 1; epoch <= epochs; epoch++)
        {
            if (epoch > settings.Epochs && InRound(epoch) == 1 && part.Steps == 0) method.BeginRound();
            part = RunEpoch(method, epoch, part, cancellation);
            if (part.Steps < _perEpoch) throw Interrupted(method, new TrainingPosition(epoch - 1, part), cancellation);
            onEpoch(Report(method, epoch, part));
            part = EpochPart.None;
        }
    }

    /// <summary>The epoch within its round, from 1: every round has the step sizes, data order and augmentation of a run by itself.</summary>
    private int InRound(int epoch) => ((epoch - 1) % settings.Epochs) + 1;

    /// <returns>The whole epoch, or as much of it as there was time for.</returns>
    private EpochPart RunEpoch(ITrainableMethod method, int epoch, EpochPart done, CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        var started = Stopwatch.GetTimestamp();
        var learningRate = LearningRateSchedule.At(settings, InRound(epoch));
        var order = Order(InRound(epoch));
        var pruneSteps = done.PruneSteps.ToList();
        var loss = done.LossSum;
        var correct = torch.zeros(1, dtype: torch.ScalarType.Int64, device: method.Trained[0].Value.device);
        var step = done.Steps;
        for (; step < _perEpoch && !cancellation.IsCancellationRequested; step++)
        {
            using var stepScope = torch.NewDisposeScope();
            var iteration = ((epoch - 1) * _perEpoch) + step + 1;
            var batch = order.AsSpan(step * _batch, _batch);
            var result = TrainingStep.Run(method, Embedded(batch, InRound(epoch)), images.Labels(batch), _sgd, learningRate, iteration);
            loss += result.Loss;
            correct.AddInPlace(result.Correct);
            if (result.PruneStep is { } pruned) pruneSteps.Add(pruned);
        }
        return new EpochPart(step, loss, done.Correct + correct.item<long>(), done.Duration + Stopwatch.GetElapsedTime(started), pruneSteps);
    }

    private EpochReport Report(ITrainableMethod method, int epoch, EpochPart whole) => new()
    {
        Epoch = epoch,
        Iterations = _perEpoch,
        Images = (long)_perEpoch * _batch,
        Loss = whole.LossSum / _perEpoch,
        TrainAccuracy = 100.0 * whole.Correct / ((long)_perEpoch * _batch),
        LearningRate = LearningRateSchedule.At(settings, InRound(epoch)),
        ImageContextTokens = method.ImageContextTokens,
        TextContextTokens = method.TextContextTokens,
        Duration = whole.Duration,
        PruneSteps = [.. whole.PruneSteps],
        Checkpoint = Checkpoint.Write(method, new TrainingPosition(epoch, EpochPart.None), _perEpoch),
    };

    private OperationCanceledException Interrupted(ITrainableMethod method, TrainingPosition position, CancellationToken cancellation) =>
        position is { Epochs: 0, Part.Steps: 0 }
            ? new OperationCanceledException(cancellation)
            : new JobInterruptedException(Checkpoint.Write(method, position, _perEpoch), cancellation);

    private torch.Tensor Embedded(ReadOnlySpan<int> batch, int epoch) =>
        settings.Augmentation == Augmentation.None ? images.Plain(batch) : images.Augmented(batch, seed, epoch);

    private int[] Order(int epoch)
    {
        var order = Enumerable.Range(0, images.Count).ToArray();
        new CounterRandom(RandomPurpose.Shuffle, seed, epoch).Shuffle(order.AsSpan());
        return order;
    }
}
