using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Planning;
using AdaptCluster.Grains.Specs;
using AdaptCluster.Grains.Storage;
using Orleans.Concurrency;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>Plans, submits, lists and finds sweeps.</summary>
[GrainType("front"), StatelessWorker]
internal sealed class FrontGrain(ICatalog catalog, SweepStore store) : Grain, IFrontGrain
{
    /// <summary>Reading data sets and planning can take seconds, so it runs beside the grain scheduler; it touches no grain state.</summary>
    public Task<SweepPlan> PlanAsync(string specJson, string source) => Task.Run(() => new Planner(catalog).Plan(SpecParser.Parse(specJson, source)));

    public async Task<SweepId> SubmitAsync(string specJson, string source)
    {
        var plan = await PlanAsync(specJson, source);
        if (plan.Warnings.FirstOrDefault(warning => warning.Code == Planner.MethodUnavailable) is { } unavailable)
            throw new InvalidInputException($"{source}: {unavailable.Path}: {unavailable.Message}.");
        var id = JobIdentity.Of(plan);
        await GrainFactory.GetGrain<ISweepGrain>(id.Value).SubmitAsync(plan);
        return id;
    }

    public Task<SweepSummary[]> ListAsync() => store.ListAsync();

    public async Task<SweepId> FindAsync(string idOrPrefix)
    {
        var sweeps = await store.ListAsync();
        if (sweeps.Length == 0) throw new InvalidInputException("there is no sweep yet; 'sweep submit FILE' makes one.");
        if (idOrPrefix == "latest") return new(sweeps[0].Id);
        var fitting = sweeps.Where(sweep => sweep.Id.StartsWith(idOrPrefix, StringComparison.Ordinal)).Select(sweep => sweep.Id).ToArray();
        return fitting switch
        {
            [var only] => new(only),
            [] => throw new InvalidInputException($"there is no sweep '{idOrPrefix}'; 'sweep list' shows those there are."),
            _ when fitting.Contains(idOrPrefix) => new(idOrPrefix),
            _ => throw new InvalidInputException($"'{idOrPrefix}' fits {string.Join(", ", fitting)}; write more of the id."),
        };
    }
}
