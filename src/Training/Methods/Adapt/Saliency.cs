using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Methods.Adapt.Scorers;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>The settings that a job uses to rank its context tokens.</summary>
/// <param name="Scorer">The scorer that ranks the tokens.</param>
/// <param name="Reduction">Whether accumulated scores are divided by a function of the width, which makes tokens in both branches
/// comparable.</param>
/// <param name="Seed">The job's seed.</param>
internal sealed record Saliency(TokenScorer Scorer, ScoreReduction Reduction, int Seed)
{
    /// <summary>Computes the scores of an accumulated scorer for one iteration.</summary>
    /// <param name="scorer">The scorer.</param>
    /// <param name="prompts">The prompts before the update, [n, width].</param>
    /// <param name="gradients">The gradients of the loss, without weight decay, [n, width].</param>
    /// <returns>The scores, [n].</returns>
    internal torch.Tensor Of(AccumulatedScorer scorer, torch.Tensor prompts, torch.Tensor gradients)
    {
        using var scope = torch.NewDisposeScope();
        var total = scorer.Of(prompts, gradients);
        return (Reduction == ScoreReduction.PerDimension ? total.Over(scorer.Divisor(prompts.shape[1])) : total).MoveToOuterDisposeScope();
    }
}
