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

    /// <summary>Iterations of one epoch: full batches only, or one small one when there is no full one.</summary>
    internal static int IterationsPerEpoch(int images, int batchSize) => Math.Max(1, images / batchSize);

    /// <summary>Trains from the end of one epoch to the end of the last.</summary>
    /// <param name="method">What is trained, at the state after <paramref name="epochsDone"/>.</param>
    /// <param name="epochsDone">Epochs behind it.</param>
    /// <param name="onEpoch">Hears of each epoch, on this thread.</param>
    /// <param name="cancellation">Looked at before each iteration.</param>
    internal void Run(ITrainableMethod method, int epochsDone, Action<EpochReport> onEpoch, CancellationToken cancellation)
    {
        var perEpoch = IterationsPerEpoch(images.Count, settings.BatchSize);
        for (var epoch = epochsDone + 1; epoch <= settings.Epochs; epoch++)
        {
            using var scope = torch.NewDisposeScope();
            var started = Stopwatch.GetTimestamp();
            var learningRate = LearningRateSchedule.At(settings, epoch);
            var order = Order(epoch);
            var pruneSteps = new List<PruneStep>();
            var loss = 0.0;
            var seen = 0;
            var correct = torch.zeros(1, dtype: torch.ScalarType.Int64, device: method.Trained[0].Value.device);
            for (var step = 0; step < perEpoch; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var stepScope = torch.NewDisposeScope();
                var iteration = ((epoch - 1) * perEpoch) + step + 1;
                var batch = order.AsSpan(step * settings.BatchSize, Math.Min(settings.BatchSize, order.Length));
                var result = TrainingStep.Run(method, Embedded(batch, epoch), images.Labels(batch), _sgd, learningRate, iteration);
                loss += result.Loss;
                seen += batch.Length;
                correct.AddInPlace(result.Correct);
                if (result.PruneStep is { } pruned) pruneSteps.Add(pruned);
            }
            onEpoch(new EpochReport
            {
                Epoch = epoch,
                Iterations = perEpoch,
                Loss = loss / perEpoch,
                TrainAccuracy = 100.0 * correct.item<long>() / seen,
                LearningRate = learningRate,
                ImageContextTokens = method.ImageContextTokens,
                TextContextTokens = method.TextContextTokens,
                Duration = Stopwatch.GetElapsedTime(started),
                PruneSteps = [.. pruneSteps],
                Checkpoint = Checkpoint.Write(method, epoch, epoch * perEpoch),
            });
        }
    }

    private torch.Tensor Embedded(ReadOnlySpan<int> batch, int epoch) =>
        settings.Augmentation == Augmentation.None ? images.Plain(batch) : images.Augmented(batch, seed, epoch);

    private int[] Order(int epoch)
    {
        var order = Enumerable.Range(0, images.Count).ToArray();
        new CounterRandom(RandomPurpose.Shuffle, seed, epoch).Shuffle(order.AsSpan());
        return order;
    }
}
