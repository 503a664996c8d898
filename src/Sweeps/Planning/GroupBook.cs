using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>Collects a plan's groups. Equal definitions share one group, and groups that can train together share a pack group.</summary>
public sealed class GroupBook(SweepSpec spec, MethodCatalog methods)
{
    private readonly List<PlannedGroup> _groups = [];
    private readonly List<BackboneInfo> _backbones = [];
    private readonly Dictionary<JobDefinition, int> _byDefinition = [];
    private readonly Dictionary<(string Backbone, DatasetSource Dataset, int Shots, Precision Precision), int> _packGroups = [];

    /// <summary>Adds a group, or finds the group with the same definition.</summary>
    /// <returns>The group's index.</returns>
    /// <exception cref="InvalidInputException">The sweep exceeds the maximum size.</exception>
    public int Add(JobDefinition definition, BackboneInfo backbone, int dataset, int iterations, double cost)
    {
        if (_byDefinition.TryGetValue(definition, out var known)) return known;
        if ((_groups.Count + 1L) * spec.Seeds.Count > Planner.MaxJobs)
            throw spec.Source.Refused("$", $"the sweep has more than {Planner.MaxJobs} jobs; split the sweep");
        if (_groups.Count == Planner.MaxGroups)
            throw spec.Source.Refused("$.arms",
                $"the grid has more than {Planner.MaxGroups} combinations of arm, T_target and data set; split the sweep");
        // Texts differ between methods, but the images are the same.
        var together = (backbone.Name, definition.Dataset with { Template = null }, definition.Shots,
            definition.Train?.Precision ?? Precision.Float32);
        if (!_packGroups.TryGetValue(together, out var packGroup)) _packGroups.Add(together, packGroup = _packGroups.Count);
        _groups.Add(new PlannedGroup
        {
            Definition = definition,
            Iterations = iterations,
            PackGroup = packGroup,
            Dataset = dataset,
            Cost = cost,
            // The plan has the fingerprint of the first group's backbone.
            BackboneFingerprint = _backbones.Count == 0 || _backbones[0].Fingerprint == backbone.Fingerprint ? null : backbone.Fingerprint,
        });
        _backbones.Add(backbone);
        _byDefinition.Add(definition, _groups.Count - 1);
        return _groups.Count - 1;
    }

    /// <summary>Returns all groups, each with the number of iterations that it shares with a group that has a smaller T_target.</summary>
    public PlannedGroup[] ToArray()
    {
        var smallest = _groups.GroupBy(group => group.Definition with { TTarget = null })
            .ToDictionary(trunk => trunk.Key, trunk => trunk.Min(group => group.Definition.TTarget));
        return [.. _groups.Select((group, index) => group with
        {
            SharedIterations = Shared(group, _backbones[index], smallest[group.Definition with { TTarget = null }]),
        })];
    }

    /// <summary>
    /// Returns the number of iterations that a group shares with the group that has the smallest T_target, which prunes furthest. Shared
    /// iterations are counted for that group only.
    /// </summary>
    private int Shared(PlannedGroup group, BackboneInfo backbone, int? smallest) => group.Definition.TTarget == smallest ? 0
        : methods.Find(group.Definition.Method).SharedIterations(group.Definition, backbone, group.Iterations);
}
