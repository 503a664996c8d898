using System.Runtime.CompilerServices;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>
/// Divides packs into parts, the smallest units that can be leased separately. Jobs of one seed that differ only in T_target share their
/// first iterations, so they stay together. Parts of one seed are adjacent because they share their images. Results do not depend on the
/// division.
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

    /// <summary>Returns the parts of a plan.</summary>
    public static PackParts Of(SweepPlan plan) => Known.GetValue(plan, plan => new PackParts(plan));

    /// <summary>Returns the part of the job at a position. Parts are leased in ascending order.</summary>
    public (int Seed, int Trunk) Part(JobPosition position) => (_plan.SeedIndex(position), _trunkOfGroup[_plan.GroupIndex(position)]);

    /// <summary>Creates the offer for a pack's waiting jobs.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="jobs">The positions of the waiting jobs, with the number of epochs that each has completed; not empty.</param>
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

    /// <summary>Returns the number of training iterations that a job has left.</summary>
    public long Left(JobPosition position, int epoch)
    {
        var group = _plan.Group(position);
        return group.Iterations - (group.Definition is { Epochs: > 0 } definition ? (long)group.Iterations / definition.Epochs * epoch : 0);
    }
}
