using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>
/// Ranks context tokens: a prune step removes those with the lowest scores (ADAPT, section 3.2). A scorer is a class in this folder that
/// derives from <see cref="AccumulatedScorer"/> or <see cref="StepScorer"/>; it is found by reflection. Its scores depend only on its
/// inputs, so that resumed runs, and runs that diverge at another T_target, remove the same tokens.
/// </summary>
internal abstract class TokenScorer
{
    /// <summary>Identifies the scorer in specs and jobs.</summary>
    internal abstract Scorer Kind { get; }

    /// <summary>A one-sentence description for the docs.</summary>
    internal abstract string Meaning { get; }

    /// <summary>Whether the scorer reads gradients.</summary>
    internal abstract bool NeedsGradients { get; }

    /// <summary>The scorer's name in specs.</summary>
    internal string Name => Kind.Name;
}
