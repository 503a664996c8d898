namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>
/// A scorer that computes scores only at a prune step. The scores of tokens with different widths must already be comparable.
/// </summary>
internal abstract class StepScorer : TokenScorer
{
    /// <summary>Computes the scores of a prune step.</summary>
    /// <param name="seed">The job's seed.</param>
    /// <param name="iteration">The iteration, counted from 1.</param>
    /// <param name="live">The number of live tokens. The image branch's tokens come first, then the text branch's, both ordered by depth
    /// and position.</param>
    internal abstract float[] At(int seed, int iteration, int live);
}
