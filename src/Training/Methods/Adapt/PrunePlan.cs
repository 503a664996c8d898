using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>Whether Adapt's prune steps reach T_target within the available iterations (ADAPT, Algorithm 1).</summary>
/// <param name="StartTokens">Context tokens of both branches before the first prune step.</param>
/// <param name="TTarget">Context tokens to keep.</param>
/// <param name="PruneRate">Tokens removed by one prune step.</param>
/// <param name="PrunePeriod">Iterations between two prune steps.</param>
/// <param name="Iterations">Iterations after the warm-up epochs.</param>
internal sealed record PrunePlan(int StartTokens, int TTarget, int PruneRate, int PrunePeriod, long Iterations)
{
    /// <summary>The plan of a job.</summary>
    /// <param name="train">The job's settings.</param>
    /// <param name="backbone">The job's backbone; its depth limits the depth of the prompts.</param>
    /// <param name="target">The job's T_target.</param>
    /// <param name="perEpoch">Iterations of one epoch.</param>
    internal static PrunePlan Of(TrainSettings train, BackboneInfo backbone, int target, int perEpoch)
    {
        var adapt = train.Adapt;
        return new(PromptedBlocks(adapt, backbone) * adapt.MaxContextLength, target, adapt.PruneRate, adapt.PrunePeriod,
            (long)Math.Max(0, train.Epochs - adapt.PruneWarmupEpochs) * perEpoch);
    }

    /// <summary>The number of prompted blocks in both towers.</summary>
    internal static int PromptedBlocks(AdaptSettings adapt, BackboneInfo backbone) =>
        Math.Min(adapt.PromptDepth, backbone.ImageDepth) + Math.Min(adapt.PromptDepth, backbone.TextDepth);

    /// <summary>
    /// Iterations from the end of the warm-up to the first prune step that removes fewer tokens than usual in order to keep T_target of
    /// them. Up to the end of that iteration, jobs with this schedule and a smaller T_target do exactly the same.
    /// </summary>
    internal long LastCommonIteration => (((StartTokens - TTarget) / PruneRate) + 1L) * PrunePeriod;

    /// <summary>Prune steps needed to reach T_target.</summary>
    internal int StepsNeeded => (StartTokens - TTarget + PruneRate - 1) / PruneRate;

    /// <summary>Prune steps that fit in the available iterations.</summary>
    internal long StepsAvailable => Iterations / PrunePeriod;

    /// <summary>Whether T_target is reached.</summary>
    internal bool Reaches => StepsNeeded <= StepsAvailable;

    /// <summary>The longest period that reaches T_target, at most the period that was set; 0 when none does.</summary>
    internal int FittedPeriod => StepsNeeded == 0 ? PrunePeriod : (int)Math.Min(PrunePeriod, Iterations / StepsNeeded);

    /// <summary>The smallest T_target that this period reaches.</summary>
    internal long SmallestReachable => Math.Max(1, StartTokens - StepsAvailable * PruneRate);
}
