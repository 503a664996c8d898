using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>A classifier that is a function of the images, with the tensors that it needs.</summary>
public sealed class FrozenClassifier : IClassifier
{
    private readonly Func<torch.Tensor, torch.Tensor> _logits;
    private readonly torch.Tensor[] _held;

    /// <summary>Takes what does not depend on the image.</summary>
    /// <param name="logits">From [B, image tokens, width] to [B, classes].</param>
    /// <param name="held">What it uses; owned from now on.</param>
    public FrozenClassifier(Func<torch.Tensor, torch.Tensor> logits, params torch.Tensor[] held)
    {
        (_logits, _held) = (logits, held);
        foreach (var tensor in held) tensor.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public bool SeesNeighbours { get; init; }

    /// <summary>The tensors that the function is made of, among those that are held, where these are all; null otherwise.</summary>
    public FixedClassifier? Fixed { get; init; }

    /// <inheritdoc/>
    public torch.Tensor Logits(torch.Tensor embedded)
    {
        using var scope = torch.NewDisposeScope();
        return _logits(embedded).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _held) tensor.Dispose();
    }
}
