using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>A scorer whose scores are added up over the iterations between two prune steps (ADAPT, equation 6).</summary>
internal abstract class AccumulatedScorer : TokenScorer
{
    /// <summary>The scores of one iteration.</summary>
    /// <param name="prompts">[n, width], before the update.</param>
    /// <param name="gradients">[n, width], of the loss alone.</param>
    /// <returns>[n].</returns>
    internal abstract torch.Tensor Of(torch.Tensor prompts, torch.Tensor gradients);

    /// <summary>What a score is divided by so that tokens of both branches compare.</summary>
    /// <param name="width">Entries of a token.</param>
    internal abstract double Divisor(long width);
}
