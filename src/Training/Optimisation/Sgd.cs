using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Optimisation;

/// <summary>
/// Stochastic gradient descent as in torch.optim.SGD, without dampening or Nesterov momentum:
/// d = g + wd·p; v = momentum·v + d; p -= lr·v.
/// </summary>
/// <param name="Momentum">The momentum factor.</param>
/// <param name="WeightDecay">The weight decay (L2 penalty), added to the gradient.</param>
internal sealed record Sgd(double Momentum, double WeightDecay)
{
    /// <summary>Updates tensors with their gradients.</summary>
    /// <param name="tensors">The tensors; their gradients are cleared.</param>
    /// <param name="learningRate">The learning rate.</param>
    internal void Update(IEnumerable<TrainedTensor> tensors, double learningRate)
    {
        foreach (var tensor in tensors) Update(tensor, learningRate);
    }

    /// <summary>Updates one tensor with its gradient.</summary>
    /// <param name="tensor">The tensor; its gradient is cleared.</param>
    /// <param name="learningRate">The learning rate.</param>
    internal void Update(TrainedTensor tensor, double learningRate)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        Update(tensor.Value, tensor.Velocity, GradientOf(tensor), learningRate);
        tensor.Gradient = null;
    }

    /// <summary>
    /// Updates many tensors as one, with a few operations on all of their entries instead of a few for each tensor, which is what a GPU
    /// would wait for. The result is the same bit for bit. Each tensor's value and momentum become views of the whole.
    /// </summary>
    /// <param name="tensors">The tensors; their gradients are cleared. If an operation fails, for example because memory is exhausted, no
    /// tensor has changed.</param>
    /// <param name="learningRate">The learning rate.</param>
    internal void UpdateTogether(IReadOnlyList<TrainedTensor> tensors, double learningRate)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        torch.Tensor All(Func<TrainedTensor, torch.Tensor> of) => torch.cat([.. tensors.Select(tensor => of(tensor).reshape(-1))], 0);
        var (values, velocities) = (All(tensor => tensor.Value), All(tensor => tensor.Velocity));
        Update(values, velocities, All(GradientOf), learningRate);
        long[] entries = [.. tensors.Select(tensor => tensor.Value.NumberOfElements)];
        var parts = values.split(entries, 0).Zip(velocities.split(entries, 0), tensors.Select(tensor => tensor.Value.shape))
            .Select(part => (Value: part.First.view(part.Third), Velocity: part.Second.view(part.Third))).ToArray();
        foreach (var (tensor, (value, velocity)) in tensors.Zip(parts)) tensor.Reset(value, velocity);
    }

    private static torch.Tensor GradientOf(TrainedTensor tensor) =>
        tensor.Gradient ?? throw new InvalidOperationException("The tensor has no gradient.");

    private void Update(torch.Tensor value, torch.Tensor velocity, torch.Tensor gradient, double learningRate)
    {
        using Scalar decay = WeightDecay.ToScalar(), momentum = Momentum.ToScalar(), step = (-learningRate).ToScalar();
        if (WeightDecay != 0) gradient = gradient.add(value, alpha: decay);
        velocity.mul_(momentum).AddInPlace(gradient);
        value.add_(velocity, alpha: step);
    }
}
