using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>One lane's batch in a step.</summary>
/// <param name="Method">The method to train.</param>
/// <param name="Embedded">The embedded images, [B, image tokens, width], from <see cref="Backbones.IBackbone.EmbedImages"/>.</param>
/// <param name="Labels">The labels, [B], int64.</param>
public sealed record LaneBatch(ITrainableMethod Method, torch.Tensor Embedded, torch.Tensor Labels)
{
    /// <summary>
    /// A function that returns the images' features from the frozen tower, [B, embedding size]. Null if the features cannot be cached, for
    /// example because the images are augmented.
    /// </summary>
    public Func<torch.Tensor>? Features { get; init; }
}
