using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>The amount of training in a plan, against which progress is measured.</summary>
/// <param name="Seeds">The number of seeds.</param>
/// <param name="Groups">The groups, in the plan's order.</param>
public sealed record PlannedWork(int Seeds, GroupWork[] Groups)
{
    /// <summary>The total number of training iterations over all jobs.</summary>
    public long Iterations { get; } = Groups.Sum(group => (long)group.Iterations) * Seeds;

    /// <summary>Returns the group of the job at a position.</summary>
    public GroupWork Group(JobPosition position) => Groups[position.Value / Seeds];

    /// <summary>Computes the amount of training from a plan.</summary>
    public static PlannedWork Of(SweepPlan plan) =>
        new(plan.Seeds.Length, Array.ConvertAll(plan.Groups, group =>
            new GroupWork(group.Iterations, group.Definition.Epochs, group.Cost)));
}

/// <summary>The amount of training in each job of a group.</summary>
/// <param name="Iterations">The number of iterations.</param>
/// <param name="Epochs">The number of epochs that a job reports; 0 for methods without training.</param>
/// <param name="Cost">The approximate number of MACs; 0 in plans of older versions.</param>
public readonly record struct GroupWork(int Iterations, int Epochs, double Cost);
