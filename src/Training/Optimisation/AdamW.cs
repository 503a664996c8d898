using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Optimisation;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019), with the betas used for
/// training CLIP: 0.9 and 0.98.
/// </summary>
internal sealed class AdamW(IEnumerable<torch.Tensor> parameters, double weightDecay) : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.98, Epsilon = 1e-6;

    private readonly (torch.Tensor Parameter, torch.Tensor Mean, torch.Tensor Square)[] _state =
        [.. parameters.Select(p => (p, torch.zeros_like(p).DetachFromDisposeScope(), torch.zeros_like(p).DetachFromDisposeScope()))];

    private int _steps;

    /// <summary>Performs one update with the current gradients, and then clears them.</summary>
    public void Step(double learningRate)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        _steps++;
        using Scalar beta1 = Beta1.ToScalar(), rest1 = (1 - Beta1).ToScalar(), beta2 = Beta2.ToScalar(), rest2 = (1 - Beta2).ToScalar();
        using var epsilon = Epsilon.ToScalar();
        using var decay = (1 - learningRate * weightDecay).ToScalar();
        using var step = (-learningRate / (1 - Math.Pow(Beta1, _steps))).ToScalar();
        var correction2 = 1 - Math.Pow(Beta2, _steps);
        foreach (var (parameter, mean, square) in _state)
        {
            var gradient = parameter.grad!;
            mean.mul_(beta1).add_(gradient, alpha: rest1);
            square.mul_(beta2).addcmul_(gradient, gradient, value: rest2);
            // Tensors of at most one dimension (gains, biases, the class embedding and the logit scale) are not decayed.
            if (parameter.dim() > 1) parameter.mul_(decay);
            parameter.addcdiv_(mean, square.Over(correction2).sqrt_().add_(epsilon, Scalars.One), value: step);
            gradient.zero_();
        }
    }

    public void Dispose()
    {
        foreach (var (_, mean, square) in _state)
        {
            mean.Dispose();
            square.Dispose();
        }
    }
}
