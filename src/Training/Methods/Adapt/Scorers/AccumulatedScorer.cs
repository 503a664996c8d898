using TorchSharp;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>A scorer whose scores are summed over the iterations between two prune steps (ADAPT, equation 6).</summary>
internal abstract class AccumulatedScorer : TokenScorer
{
    /// <summary>Computes the scores for one iteration.</summary>
    /// <param name="prompts">The prompts before the update, [n, width].</param>
    /// <param name="gradients">The gradients of the loss, without weight decay, [n, width].</param>
    /// <returns>The scores, [n].</returns>
    internal abstract torch.Tensor Of(torch.Tensor prompts, torch.Tensor gradients);

    /// <summary>Returns the divisor that makes scores comparable between the two branches.</summary>
    /// <param name="width">The width of a token.</param>
    internal abstract double Divisor(long width);
}
