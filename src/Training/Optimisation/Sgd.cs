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
        var gradient = tensor.Gradient ?? throw new InvalidOperationException("The tensor has no gradient.");
        using Scalar decay = WeightDecay.ToScalar(), momentum = Momentum.ToScalar(), step = (-learningRate).ToScalar();
        if (WeightDecay != 0) gradient = gradient.add(tensor.Value, alpha: decay);
        tensor.Velocity.mul_(momentum).AddInPlace(gradient);
        tensor.Value.add_(tensor.Velocity, alpha: step);
        tensor.Gradient = null;
    }
}
