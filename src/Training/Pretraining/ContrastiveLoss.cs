using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Pretraining;

/// <summary>
/// CLIP's symmetric cross-entropy (Radford et al., 2021, figure 3) over distinct captions: equal captions in a batch count as one text, so
/// that no picture is pushed away from a caption that matches it.
/// </summary>
internal static class ContrastiveLoss
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="logits">[B, U], the scaled cosines of pictures and distinct captions.</param>
    /// <param name="captionOf">The column of <paramref name="logits"/> of each picture's caption; every column occurs.</param>
    /// <returns>A scalar.</returns>
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
