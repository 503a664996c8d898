using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>Computes whether Adapt's prune steps reach T_target within the available iterations (ADAPT, Algorithm 1).</summary>
/// <param name="StartTokens">The number of context tokens in both branches before the first prune step.</param>
/// <param name="TTarget">The number of context tokens to keep.</param>
/// <param name="PruneRate">The number of tokens that one prune step removes.</param>
/// <param name="PrunePeriod">The number of iterations between two prune steps.</param>
/// <param name="Iterations">The number of iterations after the warm-up epochs.</param>
internal sealed record PrunePlan(int StartTokens, int TTarget, int PruneRate, int PrunePeriod, long Iterations)
{
    /// <summary>Returns the plan for a job.</summary>
    /// <param name="train">The job's settings.</param>
    /// <param name="backbone">The job's backbone, whose depth limits the depth of the prompts.</param>
    /// <param name="target">The job's T_target.</param>
    /// <param name="perEpoch">The number of iterations in one epoch.</param>
    internal static PrunePlan Of(TrainSettings train, BackboneInfo backbone, int target, int perEpoch)
    {
        var adapt = train.Adapt;
        return new(PromptedBlocks(adapt, backbone) * adapt.MaxContextLength, target, adapt.PruneRate, adapt.PrunePeriod,
            (long)Math.Max(0, train.Epochs - adapt.PruneWarmupEpochs) * perEpoch);
    }

    /// <summary>Returns the number of prompted blocks in both towers.</summary>
    internal static int PromptedBlocks(AdaptSettings adapt, BackboneInfo backbone) =>
        Math.Min(adapt.PromptDepth, backbone.ImageDepth) + Math.Min(adapt.PromptDepth, backbone.TextDepth);

    /// <summary>
    /// The number of iterations from the end of the warm-up through the first prune step that removes fewer than <see cref="PruneRate"/>
    /// tokens because it reaches T_target. Until then, jobs with the same schedule and a smaller T_target compute the same updates.
    /// </summary>
    internal long LastCommonIteration => (((StartTokens - TTarget) / PruneRate) + 1L) * PrunePeriod;

    /// <summary>The number of prune steps needed to reach T_target.</summary>
    internal int StepsNeeded => (StartTokens - TTarget + PruneRate - 1) / PruneRate;

    /// <summary>The number of prune steps that fit in the available iterations.</summary>
    internal long StepsAvailable => Iterations / PrunePeriod;

    /// <summary>Whether T_target is reached.</summary>
    internal bool Reaches => StepsNeeded <= StepsAvailable;

    /// <summary>The longest period, up to <see cref="PrunePeriod"/>, that reaches T_target; 0 if no period reaches it.</summary>
    internal int FittedPeriod => StepsNeeded == 0 ? PrunePeriod : (int)Math.Min(PrunePeriod, Iterations / StepsNeeded);

    /// <summary>The smallest T_target that can be reached with <see cref="PrunePeriod"/>.</summary>
    internal long SmallestReachable => Math.Max(1, StartTokens - StepsAvailable * PruneRate);
}
