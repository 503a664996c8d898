using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Data;

/// <summary>A subset of a split's images, in a given order.</summary>
/// <param name="source">The split.</param>
/// <param name="indices">The positions of the images in the split.</param>
/// <param name="labels">The labels of the images; null to use their labels in the split.</param>
internal sealed class ImageSubset(IImageSplit source, IReadOnlyList<int> indices, IReadOnlyList<int>? labels = null) : IImageSplit
{
    /// <inheritdoc/>
    public IReadOnlyList<int> Labels { get; } = labels ?? [.. indices.Select(i => source.Labels[i])];

    /// <inheritdoc/>
    public RgbImage Load(int index) => source.Load(indices[index]);

    /// <inheritdoc/>
    public void Check(int index) => source.Check(indices[index]);

    /// <inheritdoc/>
    public object? Identity(int index) => source.Identity(indices[index]);

    /// <inheritdoc/>
    public string? Name(int index) => source.Name(indices[index]);
}
