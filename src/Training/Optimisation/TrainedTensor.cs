using TorchSharp;

namespace AdaptCluster.Training.Optimisation;

/// <summary>A tensor that SGD updates, with its momentum buffer. Neither belongs to a dispose scope.</summary>
public sealed class TrainedTensor : IDisposable
{
    /// <summary>Initializes the tensor from its initial value.</summary>
    /// <param name="value">The initial value, with rows in the first dimension; this object takes ownership.</param>
    public TrainedTensor(torch.Tensor value)
    {
        Value = value.DetachFromDisposeScope().requires_grad_();
        Velocity = torch.zeros_like(value, requires_grad: false).DetachFromDisposeScope();
    }

    /// <summary>The value, a leaf of the autograd graph.</summary>
    public torch.Tensor Value { get; private set; }

    /// <summary>The momentum buffer, which has the shape of the value. It starts at 0, so the first step uses only the gradient.</summary>
    public torch.Tensor Velocity { get; private set; }

    /// <summary>The gradient in the current iteration. It belongs to the iteration's dispose scope.</summary>
    public torch.Tensor? Gradient { get; set; }

    /// <summary>
    /// Moves the gradient from a backward pass to <see cref="Gradient"/>; without a gradient, sets <see cref="Gradient"/> to 0. The
    /// gradient then belongs to the current dispose scope.
    /// </summary>
    public void TakeGradient()
    {
        Gradient = Value.grad ?? torch.zeros_like(Value, requires_grad: false);
        Value.grad = null;
    }

    /// <summary>Discards a gradient that a failed backward pass may have left behind.</summary>
    public void DropGradient()
    {
        using var left = Value.grad;
        if (left is not null) Value.grad = null;
        Gradient = null;
    }

    /// <summary>Keeps the given rows and their momentum, and removes all other rows.</summary>
    /// <param name="rows">The indices of the rows to keep, int64.</param>
    public void KeepRows(torch.Tensor rows)
    {
        using var noGradients = torch.no_grad();
        Reset(Value.index_select(0, rows), Velocity.index_select(0, rows));
    }

    /// <summary>Replaces the value and the momentum buffer.</summary>
    /// <param name="value">The new value; this object takes ownership.</param>
    /// <param name="velocity">The new momentum buffer; this object takes ownership.</param>
    public void Reset(torch.Tensor value, torch.Tensor velocity)
    {
        Dispose();
        Value = value.DetachFromDisposeScope().requires_grad_();
        Velocity = velocity.DetachFromDisposeScope();
        Gradient = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Value.Dispose();
        Velocity.Dispose();
    }
}
