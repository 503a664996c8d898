using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Pretraining;

/// <summary>
/// CLIP's symmetric cross-entropy (Radford et al., 2021, figure 3) over distinct captions. Equal captions in a batch are treated as one
/// text, so that no image is pushed away from a caption that matches it.
/// </summary>
internal static class ContrastiveLoss
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="logits">The scaled cosine similarities between images and distinct captions, [B, U].</param>
    /// <param name="captionOf">For each image, the column of its caption in <paramref name="logits"/>. Every column occurs at least
    /// once.</param>
    /// <returns>The loss, a scalar.</returns>
    public static torch.Tensor Of(torch.Tensor logits, long[] captionOf)
    {
        using var scope = torch.NewDisposeScope();
        var targets = torch.tensor(captionOf);
        var fitting = one_hot(targets, logits.shape[1]).to_type(torch.ScalarType.Float32);
        var shares = fitting / fitting.sum(0, keepdim: true);
        var fromImages = cross_entropy(logits, targets);
        var fromTexts = (shares * log_softmax(logits, 0)).sum().neg().Over(logits.shape[1]);
        return fromImages.Plus(fromTexts).Over(2).MoveToOuterDisposeScope();
    }
}
