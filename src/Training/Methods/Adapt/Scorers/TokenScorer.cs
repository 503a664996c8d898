using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>
/// Scores context tokens; a prune step removes the tokens with the lowest scores (ADAPT, section 3.2). To add a scorer, add a class to this
/// folder that derives from <see cref="AccumulatedScorer"/> or <see cref="StepScorer"/>; the class is found by reflection. The scores must
/// depend only on the inputs, so that resumed runs, and runs that diverge because of T_target, remove the same tokens.
/// </summary>
internal abstract class TokenScorer
{
    /// <summary>The scorer's identifier in specs and jobs.</summary>
    internal abstract Scorer Kind { get; }

    /// <summary>A one-sentence description for the docs.</summary>
    internal abstract string Meaning { get; }

    /// <summary>Whether the scorer reads gradients.</summary>
    internal abstract bool NeedsGradients { get; }

    /// <summary>The scorer's name in specs.</summary>
    internal string Name => Kind.Name;
}
