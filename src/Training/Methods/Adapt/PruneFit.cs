using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>Fits Adapt's prune period to its T_target, and rejects a T_target that no period reaches.</summary>
internal static class PruneFit
{
    internal const string ScheduleFitted = "schedule-fitted", LongerContext = "longer-context";

    private const string Key = Contracts.Planning.AxisValues.TTarget;

    /// <summary>Returns the settings with a prune period that reaches T_target.</summary>
    /// <param name="train">The settings.</param>
    /// <param name="plan">The combination, which has a T_target.</param>
    /// <exception cref="InvalidInputException">No period does; the message suggests a value that would work.</exception>
    internal static TrainSettings Of(TrainSettings train, CellPlan plan)
    {
        var (adapt, target) = (train.Adapt, plan.Choice.TTarget!.Value);
        var (depths, prune) = (PrunePlan.PromptedBlocks(adapt, plan.Backbone),
            PrunePlan.Of(train, plan.Backbone, target, plan.EpochIterations(train)));
        var start = prune.StartTokens;
        if (target > start)
        {
            throw plan.Refused(Key,
                $"T_target {target} is above the {start} available context tokens ({depths} prompted blocks × maxContextLength "
                + $"{adapt.MaxContextLength}); "
                + $"write at most {start}{Longer((target + depths - 1) / depths)}");
        }
        var usual = depths * new AdaptSettings().MaxContextLength;
        if (target > usual)
        {
            plan.Warn(LongerContext,
                $"T_target {target} is above the {usual} context tokens of the default length, {new AdaptSettings().MaxContextLength}; "
                + $"maxContextLength {adapt.MaxContextLength} lets these prompts start with {start}");
        }
        return prune.Reaches ? train : Shortened(train, prune, plan);
    }

    private static TrainSettings Shortened(TrainSettings train, PrunePlan prune, CellPlan plan)
    {
        var adapt = train.Adapt;
        var numbers =
            $"T_target {prune.TTarget} on '{plan.Dataset.Name}' needs {prune.StepsNeeded} prune steps of {adapt.PruneRate} from "
            + $"{prune.StartTokens} context tokens, "
            + $"but the {prune.Iterations} iterations after the warm-up have room for {prune.StepsAvailable} with period "
            + $"{adapt.PrunePeriod}";
        if (prune.FittedPeriod < 1)
            throw plan.Refused(Key,
                $"{numbers}; write more epochs, a larger pruneRate, or a T_target of at least {prune.SmallestReachable}");
        if (!adapt.FitSchedule)
        {
            throw plan.Refused(Key,
                $"{numbers}; write \"prunePeriod\": {prune.FittedPeriod}, \"fitSchedule\": true, or a T_target of at "
                + $"least {prune.SmallestReachable}");
        }
        plan.Warn(ScheduleFitted, $"{numbers}; its period becomes {prune.FittedPeriod}");
        return train with { Adapt = adapt with { PrunePeriod = prune.FittedPeriod } };
    }

    private static string Longer(int contextLength) =>
        contextLength <= AdaptMethod.MaxContextLength ? $", or \"adapt\": {{\"maxContextLength\": {contextLength}}}" : "";
}
