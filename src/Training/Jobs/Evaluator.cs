using AdaptCluster.Contracts;
using AdaptCluster.Training.Methods;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>Counts how many images of a split are classified right: the class of the largest logit.</summary>
internal static class Evaluator
{
    // The rows of a batch pass the MLP at once: that bounds the memory, whatever the model's size.
    private const int MaxRows = 16384;
    private const int MaxImages = 256;

    /// <summary>Classifies a split.</summary>
    /// <param name="method">What is evaluated, at its present state.</param>
    /// <param name="images">The split.</param>
    /// <param name="imageTokens">Tokens of one image.</param>
    /// <param name="events">Cancels before a batch, and hears of each one.</param>
    /// <returns>Images classified right.</returns>
    /// <exception cref="AdaptClusterException">A logit is no finite number, so that no class is the largest.</exception>
    internal static int CountCorrect(IMethod method, ImageBatches images, int imageTokens, IJobEvents events)
    {
        using var noGradients = torch.no_grad();
        using var classifier = method.Freeze();
        var correct = 0L;
        foreach (var batch in Enumerable.Range(0, images.Count).Chunk(Math.Clamp(MaxRows / imageTokens, 1, MaxImages)))
        {
            events.Cancellation.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            var logits = classifier.Logits(images.Plain(batch));
            if (!logits.isfinite().all().item<bool>())
            {
                throw new AdaptClusterException("The evaluation gave logits that are NaN or infinite; "
                    + "lower train.learningRate if the job trains, else check the backbone's files.");
            }
            events.Moved();
            correct += logits.argmax(1).eq(images.Labels(batch)).sum().item<long>();
        }
        return (int)correct;
    }
}
