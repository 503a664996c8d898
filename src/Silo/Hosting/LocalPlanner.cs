using AdaptCluster.Contracts.Planning;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Library;
using AdaptCluster.Storage;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Silo.Hosting;

/// <summary>Plans a spec in this process, without a silo.</summary>
public static class LocalPlanner
{
    /// <summary>
    /// Plans a spec with this machine's model and data folders, and counts the results that the local store, if it exists, already
    /// contains.
    /// </summary>
    /// <exception cref="Contracts.InvalidInputException">The spec is invalid.</exception>
    public static async Task<PlanPreview> PlanAsync(SiloSettings settings, string specJson, string source)
    {
        using var library = new TrainingLibrary(settings);
        var spec = SpecParser.Parse(specJson, source, settings.KnownMethods);
        var plan = new Planner(new Catalog(library), settings.KnownMethods).Plan(spec, lanes: settings.Lanes);
        return File.Exists(settings.StoreFile) ? await StoreServices.PreviewAsync(settings.StoreFile, plan) : new PlanPreview(plan, 0);
    }
}
