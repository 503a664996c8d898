using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Random;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>
/// A random control that shows what saliency is worth. The scores are a function of seed and iteration, in the order of the live tokens,
/// and have 24 bits, which float32 represents exactly.
/// </summary>
internal sealed class RandomScorer : StepScorer
{
    /// <summary>Bits by which a draw exceeds a score.</summary>
    private const int Excess = 8;

    internal override Scorer Kind => Scorer.Random;

    internal override string Meaning =>
        "A random number, drawn anew at each prune step from the job's seed; `scoreReduction` changes nothing.";

    internal override bool NeedsGradients => false;

    internal override float[] At(int seed, int iteration, int live)
    {
        var random = new CounterRandom(RandomPurpose.Pruning, seed, iteration);
        var scores = new float[live];
        foreach (ref var score in scores.AsSpan()) score = random.NextUInt32() >> Excess;
        return scores;
    }
}
