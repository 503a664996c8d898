using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>A classifier that is defined by a function of the images and by the tensors that the function uses.</summary>
public sealed class FrozenClassifier : IClassifier
{
    private readonly Func<torch.Tensor, torch.Tensor> _logits;
    private readonly torch.Tensor[] _held;

    /// <summary>Initializes the classifier from a function and the precomputed tensors that it uses.</summary>
    /// <param name="logits">A function that maps [B, image tokens, width] to [B, classes].</param>
    /// <param name="held">The tensors that the function uses; this object takes ownership.</param>
    public FrozenClassifier(Func<torch.Tensor, torch.Tensor> logits, params torch.Tensor[] held)
    {
        (_logits, _held) = (logits, held);
        foreach (var tensor in held) tensor.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public bool SeesNeighbours { get; init; }

    /// <summary>
    /// The tensors that fully define the function; this object owns them. Null if the function cannot be expressed as fixed tensors.
    /// </summary>
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
