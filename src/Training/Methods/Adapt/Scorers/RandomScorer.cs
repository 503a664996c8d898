using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Random;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>
/// The control that shows what saliency is worth: any token may go. The numbers are a function of seed and iteration, in the order of the
/// live tokens, and have 24 bits, which single precision holds exactly.
/// </summary>
internal sealed class RandomScorer : StepScorer
{
    /// <summary>Bits that a draw has more than a score.</summary>
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
