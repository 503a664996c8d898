using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Random;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>
/// Assigns random scores, as a baseline for the other scorers. The scores depend only on the seed, the iteration and a token's index among
/// the live tokens. They have 24 bits, which float32 represents exactly.
/// </summary>
internal sealed class RandomScorer : StepScorer
{
    /// <summary>The number of low bits dropped from each 32-bit random number.</summary>
    private const int Excess = 8;

    internal override Scorer Kind => Scorer.Random;

    internal override string Meaning =>
        "A random number, drawn at each prune step from the job's seed; `scoreReduction` has no effect.";

    internal override bool NeedsGradients => false;

    internal override float[] At(int seed, int iteration, int live)
    {
        var random = new CounterRandom(RandomPurpose.Pruning, seed, iteration);
        var scores = new float[live];
        foreach (ref var score in scores.AsSpan()) score = random.NextUInt32() >> Excess;
        return scores;
    }
}
