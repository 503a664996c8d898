using TorchSharp;

namespace AdaptCluster.Training.Optimisation;

/// <summary>A tensor that SGD updates, with its momentum. Outlives dispose scopes.</summary>
public sealed class TrainedTensor : IDisposable
{
    /// <summary>Takes the first value.</summary>
    /// <param name="value">Rows first; owned from now on.</param>
    public TrainedTensor(torch.Tensor value)
    {
        Value = value.DetachFromDisposeScope().requires_grad_();
        Velocity = torch.zeros_like(value, requires_grad: false).DetachFromDisposeScope();
    }

    /// <summary>The values, a leaf of the autograd graph.</summary>
    public torch.Tensor Value { get; private set; }

    /// <summary>The momentum buffer, of the same shape; 0 before the first step, which is the same as none.</summary>
    public torch.Tensor Velocity { get; private set; }

    /// <summary>The gradient of the current iteration; belongs to that iteration's dispose scope.</summary>
    public torch.Tensor? Gradient { get; set; }

    /// <summary>
    /// Moves the gradient that a backward pass left, 0 where it left none, to <see cref="Gradient"/>, in the current dispose scope.
    /// </summary>
    public void TakeGradient()
    {
        Gradient = Value.grad ?? torch.zeros_like(Value, requires_grad: false);
        Value.grad = null;
    }

    /// <summary>Forgets what a backward pass that failed may have left.</summary>
    public void DropGradient()
    {
        using var left = Value.grad;
        if (left is not null) Value.grad = null;
        Gradient = null;
    }

    /// <summary>Drops rows, with their momentum.</summary>
    /// <param name="rows">Indices of the rows that stay, int64.</param>
    public void KeepRows(torch.Tensor rows)
    {
        using var noGradients = torch.no_grad();
        Reset(Value.index_select(0, rows), Velocity.index_select(0, rows));
    }

    /// <summary>Replaces both tensors.</summary>
    /// <param name="value">Owned from now on.</param>
    /// <param name="velocity">Owned from now on.</param>
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
