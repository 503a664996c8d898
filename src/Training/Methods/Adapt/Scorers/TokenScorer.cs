using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Methods.Adapt.Scorers;

/// <summary>
/// What ranks context tokens: at a prune step those with the lowest scores go (ADAPT, section 3.2). A scorer is a class in this folder that
/// derives from <see cref="AccumulatedScorer"/> or <see cref="StepScorer"/>; it is found by reflection. Its scores depend on nothing but
/// what it is given, so that resumed runs and runs that part for another T_target remove the same tokens.
/// </summary>
internal abstract class TokenScorer
{
    /// <summary>What specs and jobs call it.</summary>
    internal abstract Scorer Kind { get; }

    /// <summary>A sentence for the docs.</summary>
    internal abstract string Meaning { get; }

    /// <summary>Whether it reads gradients.</summary>
    internal abstract bool NeedsGradients { get; }

    /// <summary>Its name in specs.</summary>
    internal string Name => Kind.Name;
}
