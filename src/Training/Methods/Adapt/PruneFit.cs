using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods.Adapt;

/// <summary>Fits Adapt's prune period to T_target, and rejects a T_target that no period can reach.</summary>
internal static class PruneFit
{
    internal const string ScheduleFitted = "schedule-fitted", LongerContext = "longer-context";

    private const string Key = Contracts.Planning.AxisValues.TTarget;

    /// <summary>Returns the settings with a prune period that reaches T_target.</summary>
    /// <param name="train">The settings.</param>
    /// <param name="plan">The planned cell, whose settings include a T_target.</param>
    /// <exception cref="InvalidInputException">No period reaches T_target, or the configured period does not reach it and <see
    /// cref="AdaptSettings.FitSchedule"/> is false. The message suggests values that work.</exception>
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
                $"T_target {target} is above the {usual} context tokens of the default maxContextLength, "
                + $"{new AdaptSettings().MaxContextLength}; with maxContextLength {adapt.MaxContextLength} training starts with {start}");
        }
        return prune.Reaches ? train : Shortened(train, prune, plan);
    }

    private static TrainSettings Shortened(TrainSettings train, PrunePlan prune, CellPlan plan)
    {
        var adapt = train.Adapt;
        var numbers =
            $"T_target {prune.TTarget} on '{plan.Dataset.Name}' needs {prune.StepsNeeded} prune steps that each remove "
            + $"{adapt.PruneRate} of {prune.StartTokens} context tokens, "
            + $"but the {prune.Iterations} iterations after the warm-up allow only {prune.StepsAvailable} with period "
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
        plan.Warn(ScheduleFitted, $"{numbers}; the period is shortened to {prune.FittedPeriod}");
        return train with { Adapt = adapt with { PrunePeriod = prune.FittedPeriod } };
    }

    private static string Longer(int contextLength) =>
        contextLength <= AdaptMethod.MaxContextLength ? $", or \"adapt\": {{\"maxContextLength\": {contextLength}}}" : "";
}
