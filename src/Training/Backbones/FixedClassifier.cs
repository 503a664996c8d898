using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// All that a classifier adds to a backbone where every image meets the same texts: tensors alone, so that it can be written down.
/// </summary>
/// <param name="Texts">The classes' text features, [classes, embedding size], not normalised.</param>
public sealed record FixedClassifier(torch.Tensor Texts)
{
    /// <summary>Live prompt rows of the image tower by block, [n, width] each, which join keys and values; null for none.</summary>
    public IReadOnlyList<torch.Tensor?> ImagePrompts { get; init; } = [];

    /// <summary>
    /// Tokens behind the patches by block, [1, n, width] each, as <see cref="ImageTokens.Encode"/> takes them; none where it is empty.
    /// </summary>
    public IReadOnlyList<torch.Tensor> ImageTokens { get; init; } = [];
}
