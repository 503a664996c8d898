using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>A classifier given as a function of the images, with the tensors that it uses.</summary>
public sealed class FrozenClassifier : IClassifier
{
    private readonly Func<torch.Tensor, torch.Tensor> _logits;
    private readonly torch.Tensor[] _held;

    /// <summary>Creates the classifier from a function and everything that does not depend on the image.</summary>
    /// <param name="logits">Maps [B, image tokens, width] to [B, classes].</param>
    /// <param name="held">The tensors that it uses; this object takes ownership.</param>
    public FrozenClassifier(Func<torch.Tensor, torch.Tensor> logits, params torch.Tensor[] held)
    {
        (_logits, _held) = (logits, held);
        foreach (var tensor in held) tensor.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public bool SeesNeighbours { get; init; }

    /// <summary>The held tensors that fully determine the function, where some do; null otherwise.</summary>
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
