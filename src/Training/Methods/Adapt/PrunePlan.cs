using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>Whether Adapt's prune steps reach T_target in the iterations there are (ADAPT, Algorithm 1).</summary>
/// <param name="StartTokens">Context tokens of both branches before the first prune step.</param>
/// <param name="TTarget">Context tokens that shall be left.</param>
/// <param name="PruneRate">Tokens removed by one prune step.</param>
/// <param name="PrunePeriod">Iterations between two prune steps.</param>
/// <param name="Iterations">Iterations after the warm-up epochs.</param>
internal sealed record PrunePlan(int StartTokens, int TTarget, int PruneRate, int PrunePeriod, long Iterations)
{
    /// <summary>The plan of a job.</summary>
    /// <param name="train">Its settings.</param>
    /// <param name="backbone">Its backbone, whose depth bounds the prompts'.</param>
    /// <param name="target">Its T_target.</param>
    /// <param name="perEpoch">Iterations of one epoch.</param>
    internal static PrunePlan Of(TrainSettings train, BackboneFacts backbone, int target, int perEpoch)
    {
        var adapt = train.Adapt;
        return new(PromptedBlocks(adapt, backbone) * adapt.MaxContextLength, target, adapt.PruneRate, adapt.PrunePeriod,
            (long)Math.Max(0, train.Epochs - adapt.PruneWarmupEpochs) * perEpoch);
    }

    /// <summary>Blocks of both towers that have prompts.</summary>
    internal static int PromptedBlocks(AdaptSettings adapt, BackboneFacts backbone) =>
        Math.Min(adapt.PromptDepth, backbone.ImageDepth) + Math.Min(adapt.PromptDepth, backbone.TextDepth);

    /// <summary>
    /// Iterations after the warm-up up to the first prune step that is cut short, so that T_target tokens stay: until its end, jobs with
    /// this schedule and a smaller T_target do the same.
    /// </summary>
    internal long LastCommonIteration => (((StartTokens - TTarget) / PruneRate) + 1L) * PrunePeriod;

    /// <summary>Prune steps that reaching T_target takes.</summary>
    internal int StepsNeeded => (StartTokens - TTarget + PruneRate - 1) / PruneRate;

    /// <summary>Prune steps that there is time for.</summary>
    internal long StepsAvailable => Iterations / PrunePeriod;

    /// <summary>Whether T_target is reached.</summary>
    internal bool Reaches => StepsNeeded <= StepsAvailable;

    /// <summary>The longest period that reaches T_target; 0 when none does.</summary>
    internal int FittedPeriod => StepsNeeded == 0 ? PrunePeriod : (int)Math.Min(PrunePeriod, Iterations / StepsNeeded);

    /// <summary>The smallest T_target that this period reaches.</summary>
    internal long SmallestReachable => Math.Max(1, StartTokens - StepsAvailable * PruneRate);
}
