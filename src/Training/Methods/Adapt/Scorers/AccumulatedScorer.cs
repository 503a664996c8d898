using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>A scorer whose scores are summed over the iterations between two prune steps (ADAPT, equation 6).</summary>
internal abstract class AccumulatedScorer : TokenScorer
{
    /// <summary>The scores of one iteration.</summary>
    /// <param name="prompts">[n, width], before the update.</param>
    /// <param name="gradients">[n, width], of the loss only.</param>
    /// <returns>[n].</returns>
    internal abstract torch.Tensor Of(torch.Tensor prompts, torch.Tensor gradients);

    /// <summary>The divisor that makes scores of tokens of both branches comparable.</summary>
    /// <param name="width">Width of a token.</param>
    internal abstract double Divisor(long width);
}
