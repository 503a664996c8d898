using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Grains.Planning;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Grains.Specs;
using AdaptCluster.Grains.Storage;
using AdaptCluster.Grains.Telemetry;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime.MembershipService.SiloMetadata;
using SiloStatus = AdaptCluster.Contracts.Sweeps.SiloStatus;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>Plans, submits, lists and finds sweeps.</summary>
[GrainType("front"), StatelessWorker, ControlSilo(1)]
internal sealed class FrontGrain(ICatalog catalog, SweepStore store, IOptions<QueueOptions> queue, IClusterMembershipService membership, ISiloMetadataCache metadata)
    : Grain, IFrontGrain
{
    public async Task<PlanPreview> PlanAsync(string specJson, string source)
    {
        return await store.PreviewAsync(await ReadAsync(specJson, source));
    }

    public async Task<SweepId> SubmitAsync(string specJson, string source, SubmitOptions options)
    {
        using var activity = ClusterTelemetry.Begin("submit");
        if (options.VerifyCache is not (>= 0 and <= 1)) throw new InvalidInputException($"--verify-cache: found {options.VerifyCache}; write a share from 0 to 1.");
        if (options.Pool is { } pool && !PoolName.IsValid(pool)) throw new InvalidInputException($"--pool: found '{pool}'; write {PoolName.Rule}.");
        if (options.Parallel < 0) throw new InvalidInputException($"--parallel: found {options.Parallel}; write a number of leases, or 0 for no limit.");
        if (options.SubmittedBy is { Length: > SubmitOptions.LongestSubmitter } by) throw new InvalidInputException($"submittedBy: {by.Length} characters; write at most {SubmitOptions.LongestSubmitter}.");
        if (options.SubmittedBy is { } name) options = options with { SubmittedBy = PrintableText.OneLine(name) };
        var plan = await ReadAsync(specJson, source);
        var id = await store.IdOfAsync(plan);
        activity?.SetTag("adaptcluster.sweep", id.Value).SetTag("adaptcluster.jobs", plan.JobCount);
        await GrainFactory.GetGrain<ISweepGrain>(id.Value).SubmitAsync(plan, options);
        return id;
    }

    public Task<SweepSummary[]> ListAsync() => store.ListAsync();

    public async Task<SweepId> FindAsync(string idOrPrefix)
    {
        const int shown = 5;
        var latest = idOrPrefix == "latest";
        var fitting = await store.FindSweepsAsync(latest ? "" : idOrPrefix, latest ? 1 : shown);
        return fitting switch
        {
            [var only] => new(only),
            [] when latest || (await store.FindSweepsAsync("", 1)).Count == 0 => throw new InvalidInputException("there is no sweep yet; 'sweep submit FILE' makes one."),
            [] => throw new InvalidInputException($"there is no sweep '{idOrPrefix}'; 'sweep list' shows those there are."),
            _ when fitting.Contains(idOrPrefix) => new(idOrPrefix),
            _ => throw new InvalidInputException($"'{idOrPrefix}' fits {string.Join(", ", fitting)}; write more of the id."),
        };
    }

    public async Task<ClusterStatus> ClusterAsync()
    {
        var silos = membership.CurrentSnapshot.Members.Values.Where(member => member.Status != Orleans.Runtime.SiloStatus.Dead).Select(member =>
        {
            var declared = metadata.GetSiloMetadata(member.SiloAddress).Metadata.ToDictionary(pair => pair.Key, pair => pair.Value);
            return new SiloStatus(declared.GetValueOrDefault(SiloMetadataKeys.Name, member.Name), member.SiloAddress.ToParsableString(), member.Status.ToString(), declared);
        }).OrderBy(silo => silo.Name, StringComparer.Ordinal).ToArray();
        var queues = new Dictionary<string, QueueStatus>();
        var ofSweeps = (await store.OpenSweepsAsync()).Select(sweep => queue.Value.PoolOf(sweep.Pool));
        foreach (var pool in silos.Select(silo => silo.Metadata.GetValueOrDefault(SiloMetadataKeys.Pool)).OfType<string>().Append(queue.Value.Pool).Union(ofSweeps))
            queues[pool] = await GrainFactory.GetGrain<IQueueGrain>(pool).StatusAsync();
        return new ClusterStatus(silos, queues);
    }

    /// <summary>Reading data sets and planning can take seconds, so it runs beside the grain scheduler; it touches no grain state.</summary>
    private Task<SweepPlan> ReadAsync(string specJson, string source) => Task.Run(() => new Planner(catalog).Plan(SpecParser.Parse(specJson, source)));
}
