namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>A scorer that gives its scores at a prune step alone. How scores of several widths compare is its own matter.</summary>
internal abstract class StepScorer : TokenScorer
{
    /// <summary>The scores of a prune step.</summary>
    /// <param name="seed">The job's seed.</param>
    /// <param name="iteration">The iteration, from 1.</param>
    /// <param name="live">Live tokens: the image branch's by depth and position, then the text branch's.</param>
    internal abstract float[] At(int seed, int iteration, int live);
}
