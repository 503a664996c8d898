using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// A classifier that compares every image with the same texts. It consists only of tensors that it adds to a backbone, so it can be
/// exported.
/// </summary>
/// <param name="Texts">The text features of the classes, [classes, embedding size], not normalised.</param>
public sealed record FixedClassifier(torch.Tensor Texts)
{
    /// <summary>The live prompt rows of each block of the image tower, [n, width] each; null for none. They contribute only keys and
    /// values.</summary>
    public IReadOnlyList<torch.Tensor?> ImagePrompts { get; init; } = [];

    /// <summary>The tokens appended after the patches in each block, [1, n, width] each, as in <see cref="ImageTokens.Encode"/>; empty for
    /// none.</summary>
    public IReadOnlyList<torch.Tensor> ImageTokens { get; init; } = [];
}
