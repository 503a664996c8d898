using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>The pools that the cluster's silos currently serve, with the trainer versions and lanes of their workers.</summary>
public sealed class ServedPools
{
    private readonly Dictionary<string, int[]> _trainers;
    private readonly Dictionary<string, int> _lanes;

    private ServedPools(Dictionary<string, int[]> trainers, Dictionary<string, int> lanes) => (_trainers, _lanes) = (trainers, lanes);

    /// <summary>The names of the pools.</summary>
    public IEnumerable<string> Names => _trainers.Keys.Order(StringComparer.Ordinal);

    /// <summary>Reads the pools from the silos' metadata.</summary>
    /// <param name="silos">The metadata of each silo that is not dead.</param>
    public static ServedPools Of(IEnumerable<IReadOnlyDictionary<string, string>> silos)
    {
        var pools = silos.Where(silo => silo.ContainsKey(SiloMetadataKeys.Pool) && HasWorkers(silo))
            .ToLookup(silo => silo[SiloMetadataKeys.Pool]);
        return new(pools.ToDictionary(pool => pool.Key, pool => pool.Select(Trainer).Distinct().Order().ToArray()),
            pools.ToDictionary(pool => pool.Key, pool => pool.Max(silo => Number(silo, SiloMetadataKeys.Lanes) ?? PackWidth.FewestLanes)));
    }

    /// <summary>
    /// Returns the pool for a sweep that does not name one: the control silo's own pool if a silo serves it or no pool is served, otherwise
    /// the first pool that is served.
    /// </summary>
    /// <param name="own">The control silo's own pool.</param>
    public string Default(string own) => _trainers.ContainsKey(own) || _trainers.Count == 0 ? own : Names.First();

    /// <summary>Whether any silo serves a pool.</summary>
    public bool Serves(string pool) => _trainers.ContainsKey(pool);

    /// <summary>
    /// Returns the trainer version to plan for: the newest supported version that the pool's workers run. Workers can therefore run plans
    /// that are made during an upgrade.
    /// </summary>
    /// <param name="pool">The pool.</param>
    /// <exception cref="InvalidInputException">All workers in the pool run versions that are too new for this silo to plan for.</exception>
    public int TrainerOf(string pool)
    {
        if (!_trainers.TryGetValue(pool, out var trainers)) return TrainerVersion.Current;
        var known = trainers.Where(version => version <= TrainerVersion.Current).ToArray();
        return known.Length > 0 ? known.Max() : throw new InvalidInputException(
            $"the workers of pool '{pool}' run trainer version {string.Join(", ", trainers)}, but this control silo can plan only for "
                + $"version {TrainerVersion.Current} and earlier; upgrade the control silos first.");
    }

    /// <summary>
    /// Returns the number of lanes to plan for: that of the pool's widest workers. Workers with fewer lanes train the jobs of a pack in
    /// several steps.
    /// </summary>
    /// <param name="pool">The pool.</param>
    public int LanesOf(string pool) => _lanes.GetValueOrDefault(pool, PackWidth.FewestLanes);

    private static bool HasWorkers(IReadOnlyDictionary<string, string> silo) =>
        // Silos of 0.1.0 do not report how many workers they have.
        silo.TryGetValue(SiloMetadataKeys.Workers, out var workers) ? workers != "0"
            : silo.GetValueOrDefault(SiloMetadataKeys.Role) != SiloMetadataKeys.ControlRole;

    private static int Trainer(IReadOnlyDictionary<string, string> silo) =>
        Number(silo, SiloMetadataKeys.Trainer) ?? TrainerVersion.BeforeOffers;

    private static int? Number(IReadOnlyDictionary<string, string> silo, string key) =>
        int.TryParse(silo.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
