namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>A scorer that produces scores only at a prune step. It must itself make scores of different widths comparable.</summary>
internal abstract class StepScorer : TokenScorer
{
    /// <summary>The scores of a prune step.</summary>
    /// <param name="seed">The job's seed.</param>
    /// <param name="iteration">The iteration, from 1.</param>
    /// <param name="live">The number of live tokens: the image branch's by depth and position, then the text branch's.</param>
    internal abstract float[] At(int seed, int iteration, int live);
}
