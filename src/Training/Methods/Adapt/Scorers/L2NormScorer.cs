using AdaptCluster.Contracts.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>Scores a token by its L2 norm.</summary>
internal sealed class L2NormScorer : AccumulatedScorer
{
    internal override Scorer Kind => Scorer.L2Norm;

    internal override string Meaning => "Norm of the token itself.";

    internal override bool NeedsGradients => false;

    internal override torch.Tensor Of(torch.Tensor prompts, torch.Tensor gradients) => prompts.norm(1);

    internal override double Divisor(long width) => Math.Sqrt(width);
}
