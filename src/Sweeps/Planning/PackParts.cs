using System.Runtime.CompilerServices;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>
/// The parts of packs: what a lease can be divided by. Jobs of one seed that differ in T_target alone share their beginning, and so stay
/// together; the parts of one seed stand next to each other, since they share their images. No result depends on the division.
/// </summary>
public sealed class PackParts
{
    private static readonly ConditionalWeakTable<SweepPlan, PackParts> Known = [];
    private readonly SweepPlan _plan;
    private readonly int[] _trunkOfGroup;

    private PackParts(SweepPlan plan)
    {
        var trunks = new Dictionary<Contracts.Jobs.JobDefinition, int>();
        _plan = plan;
        _trunkOfGroup = Array.ConvertAll(plan.Groups, group =>
        {
            var trunk = group.Definition with { TTarget = null };
            if (!trunks.TryGetValue(trunk, out var index)) trunks.Add(trunk, index = trunks.Count);
            return index;
        });
    }

    /// <summary>The parts of a plan.</summary>
    public static PackParts Of(SweepPlan plan) => Known.GetValue(plan, plan => new PackParts(plan));

    /// <summary>The part of the job at a position; parts are in the order in which they are handed out.</summary>
    public (int Seed, int Trunk) Part(JobPosition position) => (_plan.SeedIndex(position), _trunkOfGroup[_plan.GroupIndex(position)]);

    /// <summary>What waits of a pack.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="jobs">Its waiting jobs by position, with the epochs that they have behind them; not empty.</param>
    public PackOffer Offer(PackNumber pack, IReadOnlyCollection<(JobPosition Position, int Epoch)> jobs)
    {
        var iterations = jobs.Sum(job => Left(job.Position, job.Epoch));
        var group = _plan.Group(jobs.First().Position);
        var parts = jobs.Select(job => Part(job.Position)).Distinct().Count();
        return new PackOffer(pack, iterations, Parts: parts, Precision: group.Definition.Train?.Precision ?? default)
        {
            Dataset = _plan.Datasets[group.Dataset],
        };
    }

    /// <summary>Training iterations that a job has before it.</summary>
    public long Left(JobPosition position, int epoch)
    {
        var group = _plan.Group(position);
        return group.Iterations - (group.Definition is { Epochs: > 0 } definition ? (long)group.Iterations / definition.Epochs * epoch : 0);
    }
}
