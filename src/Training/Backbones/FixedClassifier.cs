using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// Everything that a classifier adds to a backbone if every image is compared with the same texts. It consists only of tensors, so it can
/// be exported.
/// </summary>
/// <param name="Texts">The classes' text features, [classes, embedding size], not normalised.</param>
public sealed record FixedClassifier(torch.Tensor Texts)
{
    /// <summary>Live prompt rows of the image tower by block, [n, width] each, which join keys and values; null for none.</summary>
    public IReadOnlyList<torch.Tensor?> ImagePrompts { get; init; } = [];

    /// <summary>
    /// Tokens after the patches by block, [1, n, width] each, as <see cref="ImageTokens.Encode"/> takes them; empty for none.
    /// </summary>
    public IReadOnlyList<torch.Tensor> ImageTokens { get; init; } = [];
}
