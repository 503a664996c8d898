using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Methods.Adapt.Scorers;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>How one job ranks its context tokens.</summary>
/// <param name="Scorer">The scorer that ranks them.</param>
/// <param name="Reduction">Whether accumulated scores are divided by a function of the width, so that tokens of both branches are
/// comparable.</param>
/// <param name="Seed">The job's seed.</param>
internal sealed record Saliency(TokenScorer Scorer, ScoreReduction Reduction, int Seed)
{
    /// <summary>The scores that an accumulated scorer gives in one iteration.</summary>
    /// <param name="scorer">The scorer.</param>
    /// <param name="prompts">[n, width], before the update.</param>
    /// <param name="gradients">[n, width], of the loss only.</param>
    /// <returns>[n].</returns>
    internal torch.Tensor Of(AccumulatedScorer scorer, torch.Tensor prompts, torch.Tensor gradients)
    {
        using var scope = torch.NewDisposeScope();
        var total = scorer.Of(prompts, gradients);
        return (Reduction == ScoreReduction.PerDimension ? total.Over(scorer.Divisor(prompts.shape[1])) : total).MoveToOuterDisposeScope();
    }
}
