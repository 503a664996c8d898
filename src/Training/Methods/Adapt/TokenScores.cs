using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>The saliency of context tokens in one iteration (ADAPT, section 3.2, equation 6).</summary>
internal static class TokenScores
{
    /// <summary>One number a token.</summary>
    /// <param name="scorer">Which saliency.</param>
    /// <param name="reduction">Whether it is divided by the width (snip) or the width's root (norms), so that tokens of both branches
    /// compete.</param>
    /// <param name="prompts">[n, width], before the update.</param>
    /// <param name="gradients">[n, width], of the loss alone.</param>
    /// <returns>[n].</returns>
    internal static torch.Tensor Of(Scorer scorer, ScoreReduction reduction, torch.Tensor prompts, torch.Tensor gradients)
    {
        using var scope = torch.NewDisposeScope();
        var width = prompts.shape[1];
        var (total, divisor) = scorer switch
        {
            Scorer.Snip => ((prompts * gradients).abs().sum(1), width),
            Scorer.GradientNorm => (gradients.norm(1), Math.Sqrt(width)),
            Scorer.L2Norm => (prompts.norm(1), Math.Sqrt(width)),
            _ => throw new ArgumentOutOfRangeException(nameof(scorer), scorer, "There is no such scorer."),
        };
        return (reduction == ScoreReduction.PerDimension ? total.Over(divisor) : total).MoveToOuterDisposeScope();
    }
}
