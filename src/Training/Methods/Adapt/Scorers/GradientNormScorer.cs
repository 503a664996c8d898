using AdaptCluster.Contracts.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>How strongly the loss pulls on the token: the norm of its gradient.</summary>
internal sealed class GradientNormScorer : AccumulatedScorer
{
    internal override Scorer Kind => Scorer.GradientNorm;

    internal override string Meaning => "Norm of the token's gradient.";

    internal override bool NeedsGradients => true;

    internal override torch.Tensor Of(torch.Tensor prompts, torch.Tensor gradients) => gradients.norm(1);

    internal override double Divisor(long width) => Math.Sqrt(width);
}
