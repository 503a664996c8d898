using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Specs;
using AdaptCluster.Training.Methods;

namespace AdaptCluster.Tests;

/// <summary>The methods that tests parse and plan with: those that come with AdaptCluster.</summary>
internal static class KnownMethods
{
    /// <summary>All of them.</summary>
    public static MethodCatalog All => TrainingMethods.BuiltIn;

    /// <summary>Reads a spec that may name them.</summary>
    public static SweepSpec Parse(string json, string source = "spec.json") => SpecParser.Parse(json, source, All);

    /// <summary>Plans a spec that may name them.</summary>
    public static SweepPlan Plan(ICatalog catalog, string json, string source = "spec.json", int trainer = TrainerVersion.Current,
        int lanes = PackWidth.FewestLanes) => new Planner(catalog, All).Plan(Parse(json, source), trainer, lanes);

    /// <summary>Those that train, by name.</summary>
    public static IEnumerable<string> Trained => All.All.Where(method => method.IsTrained).Select(method => method.Name);
}
