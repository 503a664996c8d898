using AdaptCluster.Contracts.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>Scores a token by the norm of its gradient, which measures how strongly the loss depends on the token.</summary>
internal sealed class GradientNormScorer : AccumulatedScorer
{
    internal override Scorer Kind => Scorer.GradientNorm;

    internal override string Meaning => "Norm of the token's gradient.";

    internal override bool NeedsGradients => true;

    internal override torch.Tensor Of(torch.Tensor prompts, torch.Tensor gradients) => gradients.norm(1);

    internal override double Divisor(long width) => Math.Sqrt(width);
}
