using TorchSharp;

namespace AdaptCluster.Training.Optimisation;

/// <summary>A tensor that SGD updates, with its momentum buffer. It outlives dispose scopes.</summary>
public sealed class TrainedTensor : IDisposable
{
    /// <summary>Creates the tensor from its initial value.</summary>
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

    /// <summary>The gradient of the current iteration. It belongs to the dispose scope of that iteration.</summary>
    public torch.Tensor? Gradient { get; set; }

    /// <summary>
    /// Moves the gradient of a backward pass to <see cref="Gradient"/>, or sets it to 0 if there is no gradient. The gradient then belongs
    /// to the current dispose scope.
    /// </summary>
    public void TakeGradient()
    {
        Gradient = Value.grad ?? torch.zeros_like(Value, requires_grad: false);
        Value.grad = null;
    }

    /// <summary>Discards gradients that a failed backward pass may have left behind.</summary>
    public void DropGradient()
    {
        using var left = Value.grad;
        if (left is not null) Value.grad = null;
        Gradient = null;
    }

    /// <summary>Removes rows together with their momentum.</summary>
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
