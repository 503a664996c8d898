namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>
/// A scorer that computes scores only at a prune step. The scores must be comparable between tokens with different widths.
/// </summary>
internal abstract class StepScorer : TokenScorer
{
    /// <summary>Computes the scores for a prune step.</summary>
    /// <param name="seed">The job's seed.</param>
    /// <param name="iteration">The iteration, counted from 1.</param>
    /// <param name="live">The number of live tokens. The image branch's tokens come first, then the text branch's tokens, both ordered by
    /// depth and position.</param>
    internal abstract float[] At(int seed, int iteration, int live);
}
