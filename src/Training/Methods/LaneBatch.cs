using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>One lane's part of a step.</summary>
/// <param name="Method">What is trained.</param>
/// <param name="Embedded">[B, image tokens, width], from <see cref="Backbones.IBackbone.EmbedImages"/>.</param>
/// <param name="Labels">[B], int64.</param>
public sealed record LaneBatch(ITrainableMethod Method, torch.Tensor Embedded, torch.Tensor Labels)
{
    /// <summary>
    /// Gives the images' features by the tower as it is, [B, embedding size], where they are the same each time; null where they are not.
    /// </summary>
    public Func<torch.Tensor>? Features { get; init; }
}
