using AdaptCluster.Contracts.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Caches batches during one step, because lanes with the same seed at the same point in their training use the same images.
/// </summary>
internal sealed class BatchCache
{
    private readonly List<(ImageBatches Images, Augmentation Augmentation, int Seed, int Epoch, int[] Batch, torch.Tensor Embedded,
        torch.Tensor Labels)> _kept = [];

    /// <summary>Returns a batch. The batch belongs to the dispose scope that was current when it was first requested.</summary>
    /// <param name="images">The training shots.</param>
    /// <param name="augmentation">The image augmentation.</param>
    /// <param name="seed">The seed of the augmentation.</param>
    /// <param name="epoch">The epoch, counted from 1.</param>
    /// <param name="batch">The images' positions in the split.</param>
    /// <returns>The embedded images, [B, image tokens, width], and the labels, [B], int64.</returns>
    internal (torch.Tensor Embedded, torch.Tensor Labels) Get(ImageBatches images, Augmentation augmentation, int seed,
        int epoch, ReadOnlySpan<int> batch)
    {
        foreach (var kept in _kept)
        {
            if (kept.Images == images && kept.Augmentation == augmentation
                && (augmentation == Augmentation.None || (kept.Seed, kept.Epoch) == (seed, epoch))
                && batch.SequenceEqual(kept.Batch))
            {
                return (kept.Embedded, kept.Labels);
            }
        }
        var embedded = augmentation == Augmentation.None ? images.Plain(batch) : images.Augmented(batch, seed, epoch);
        var labels = images.Labels(batch);
        _kept.Add((images, augmentation, seed, epoch, batch.ToArray(), embedded, labels));
        return (embedded, labels);
    }
}
