using AdaptCluster.Contracts.Planning;
using AdaptCluster.Grains.Planning;
using AdaptCluster.Grains.Specs;
using AdaptCluster.Silo.Library;

namespace AdaptCluster.Silo.Hosting;

/// <summary>Plans a spec in this process, without a silo and without a store.</summary>
public static class LocalPlanner
{
    /// <summary>Plans a spec against this machine's model and data roots.</summary>
    /// <exception cref="Contracts.InvalidInputException">The spec is refused.</exception>
    public static SweepPlan Plan(SiloSettings settings, string specJson, string source)
    {
        using var library = new TrainingLibrary(settings);
        return new Planner(new Catalog(library)).Plan(SpecParser.Parse(specJson, source));
    }
}
