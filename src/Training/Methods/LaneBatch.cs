using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>One lane's part of a step.</summary>
/// <param name="Method">The method to train.</param>
/// <param name="Embedded">[B, image tokens, width], from <see cref="Backbones.IBackbone.EmbedImages"/>.</param>
/// <param name="Labels">[B], int64.</param>
public sealed record LaneBatch(ITrainableMethod Method, torch.Tensor Embedded, torch.Tensor Labels)
{
    /// <summary>
    /// Returns the images' features from the frozen tower, [B, embedding size], if the images are the same every time; null if they are
    /// not.
    /// </summary>
    public Func<torch.Tensor>? Features { get; init; }
}
