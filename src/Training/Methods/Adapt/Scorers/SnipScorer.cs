using AdaptCluster.Contracts.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>Scores a token by a first-order estimate of how much the loss would change if the token were removed.</summary>
internal sealed class SnipScorer : AccumulatedScorer
{
    internal override Scorer Kind => Scorer.Snip;

    internal override string Meaning => "Mean of |gradient · value| over a token's entries.";

    internal override bool NeedsGradients => true;

    internal override torch.Tensor Of(torch.Tensor prompts, torch.Tensor gradients) => (prompts * gradients).abs().sum(1);

    internal override double Divisor(long width) => width;
}
