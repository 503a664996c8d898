using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>How much a plan is to train: all that progress is counted by.</summary>
/// <param name="Seeds">How many seeds it has.</param>
/// <param name="Groups">Its groups, in the plan's order.</param>
public sealed record PlannedWork(int Seeds, GroupWork[] Groups)
{
    /// <summary>Training iterations of all jobs.</summary>
    public long Iterations { get; } = Groups.Sum(group => (long)group.Iterations) * Seeds;

    /// <summary>The group of the job at a position.</summary>
    public GroupWork Group(JobPosition position) => Groups[position.Value / Seeds];

    /// <summary>That of a plan.</summary>
    public static PlannedWork Of(SweepPlan plan) =>
        new(plan.Seeds.Length, Array.ConvertAll(plan.Groups, group =>
            new GroupWork(group.Iterations, group.Definition.Epochs, group.Cost)));
}

/// <summary>What each job of a group is to train.</summary>
/// <param name="Iterations">Iterations.</param>
/// <param name="Epochs">Epochs that it reports; 0 for methods without training.</param>
/// <param name="Cost">About how many multiply-adds it takes; 0 in plans of older versions.</param>
public readonly record struct GroupWork(int Iterations, int Epochs, double Cost);
