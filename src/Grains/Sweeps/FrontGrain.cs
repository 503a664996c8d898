using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Audit;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Storage;
using AdaptCluster.Sweeps.Lifecycle;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Specs;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime.MembershipService.SiloMetadata;
using SiloStatus = AdaptCluster.Contracts.Sweeps.SiloStatus;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// Plans, submits, lists and finds sweeps. The grain is stateless and reentrant, so reads never wait for a plan to be computed.
/// </summary>
[GrainType("front"), StatelessWorker, Reentrant, ControlSilo(1)]
internal sealed class FrontGrain(ICatalog catalog, MethodCatalog methods, PlanningQueue planning, JobQuota quota, SweepStore store,
    StoreFaults faults, AuditLog audit, IOptions<QueueOptions> queue, IClusterMembershipService membership, ISiloMetadataCache metadata)
    : Grain, IFrontGrain
{
    /// <summary>The maximum time that a cluster status waits for a component to respond.</summary>
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5);

    private readonly SweepSearch _search = new(store);
    private readonly SweepReader _reader = new(store, () => queue.Value.Pool, TimeProvider.System);

    public async Task<PlanPreview> PlanAsync(string specJson, string source)
    {
        if (Caller.Current.IsReadOnly)
            throw new InvalidInputException(
                "this login has read-only access and cannot plan; log in with a token that is allowed to change sweeps.");
        using var place = planning.Enter(CallerName.Current is { } name ? PrintableText.OneLine(CallerName.Shorten(name)) : null);
        return await store.Cache.PreviewAsync(await PlanAsync(place, specJson, source, Pools.Default(queue.Value.Pool)));
    }

    public async Task<SweepId> SubmitAsync(string specJson, string source, SubmitOptions options)
    {
        using var activity = ClusterTelemetry.Begin("submit");
        await audit.RefuseReadersAsync(sweep: null, AuditAction.Submit);
        if (options.VerifyCache is not (>= 0 and <= 1))
            throw new InvalidInputException($"--verify-cache: found {options.VerifyCache}; write a share from 0 to 1.");
        if (options.Pool is { } pool && !PoolName.IsValid(pool))
            throw new InvalidInputException($"--pool: found '{pool}'; write {PoolName.Rule}.");
        if (options.Parallel < 0)
            throw new InvalidInputException($"--parallel: found {options.Parallel}; write a number of leases, or 0 for no limit.");
        if (options.SubmittedBy is { Length: > SubmitOptions.LongestSubmitter } by)
            throw new InvalidInputException($"submittedBy: found {by.Length} characters; write at most {SubmitOptions.LongestSubmitter}.");
        if (options.SubmittedBy is { } name) options = options with { SubmittedBy = PrintableText.OneLine(name) };
        await audit.RecordRefusalAsync(null, AuditAction.Submit, () =>
        {
            quota.CheckPriority(options.SubmittedBy, options.Priority);
            return Task.CompletedTask;
        });
        using var place = planning.Enter(options.SubmittedBy);
        // The default is resolved here and stored, because another control silo can have a different default.
        options = options with { DefaultPool = options.Pool ?? Pools.Default(queue.Value.Pool) };
        var plan = await PlanAsync(place, specJson, source, options.DefaultPool);
        var id = await store.Sweeps.IdOfAsync(plan);
        activity?.SetTag("adaptcluster.sweep", id.Value).SetTag("adaptcluster.jobs", plan.JobCount);
        await audit.RecordRefusalAsync(id, AuditAction.Submit, () => quota.CheckAsync(options, id, plan));
        await GrainFactory.GetGrain<ISweepGrain>(id.Value).SubmitAsync(plan, options);
        return id;
    }

    public async Task<SweepId> ReplanAsync(SweepId id)
    {
        await audit.RefuseReadersAsync(id, AuditAction.Replan);
        var (sweep, old) = await store.Sweeps.FindAsync(id) ?? throw SweepReader.Missing(id.Value);
        var pool = queue.Value.PoolOf(sweep.Pool);
        var (planned, offered) = (TrainerVersion.Of(old.Trainer), Pools.TrainerOf(pool));
        if (planned == offered)
            throw new InvalidInputException(
                $"sweep {id} is planned for trainer version {planned}, which pool '{pool}' runs; it does not need to be replanned.");
        if (sweep.State == SweepState.Completed)
            throw new InvalidInputException(
                $"sweep {id} is complete; submit its spec under another name to compute it with trainer version {offered}.");
        using var place = planning.Enter(sweep.SubmittedBy);
        var plan = await PlanAsync(place, sweep.SpecJson, $"the spec of {id}", pool);
        var anew = await store.Sweeps.IdOfAsync(plan);
        await audit.RecordRefusalAsync(id, AuditAction.Replan, () => quota.CheckReplacementAsync(sweep.SubmittedBy, id, plan));
        await audit.AllowAsync(id, AuditAction.Replan, changes: true, $"for trainer version {offered}, as {anew}");
        await GrainFactory.GetGrain<ISweepGrain>(anew.Value).SubmitAsync(plan, new SubmitOptions
        {
            Priority = sweep.Priority,
            Parallel = sweep.Parallel,
            DefaultPool = pool,
            SubmittedBy = sweep.SubmittedBy,
            Supersedes = id.Value,
        });
        await GrainFactory.GetGrain<ISweepGrain>(id.Value).CancelAsync();
        return anew;
    }

    public Task<string> EvaluationSpecAsync(SweepId id, EvaluationRequest request) =>
        new SweepEvaluation(store, _reader, methods).SpecAsync(id, request);

    public async Task<SweepSummary[]> ListAsync()
    {
        var all = new List<SweepSummary>();
        for (var from = 0; await store.Sweeps.ListAsync(
            from, SweepListPage.MaxCount) is { Sweeps.Length: > 0 } page; from += page.Sweeps.Length)
            all.AddRange(page.Sweeps);
        // A sweep that is submitted while the pages are read shifts other sweeps to later pages.
        return [.. all.DistinctBy(sweep => sweep.Id)];
    }

    public Task<SweepListPage> ListPageAsync(int from, int count) => _reader.ListPageAsync(from, count);

    public Task<SweepListPage> ListTaggedAsync(string tag, int from, int count) => SweepLabels.IsTag(tag)
        ? _reader.ListPageAsync(from, count, tag)
        : throw new InvalidInputException($"tag: found '{PrintableText.OneLine(tag)}'; write {SweepLabels.TagRule}.");

    public Task<SweepSearchPage> SearchAsync(SweepQuery query) => _search.FindAsync(query);

    public Task<AuditEntry[]> AuditAsync(AuditQuery query) => _reader.AuditAsync(query);

    public Task<SweepId> FindAsync(string idOrPrefix) => _reader.FindAsync(idOrPrefix);

    public async Task<ClusterStatus> ClusterAsync()
    {
        var silos = membership.CurrentSnapshot.Members.Values.Where(
            member => member.Status != Orleans.Runtime.SiloStatus.Dead).Select(member =>
        {
            var declared = metadata.GetSiloMetadata(member.SiloAddress).Metadata.ToDictionary(pair => pair.Key, pair => pair.Value);
            return new SiloStatus(declared.GetValueOrDefault(SiloMetadataKeys.Name, member.Name), member.SiloAddress.ToParsableString(),
                member.Status.ToString(), declared);
        }).OrderBy(silo => silo.Name, StringComparer.Ordinal).ToArray();
        var (answers, ofSweeps) = await OpenPoolsAsync();
        var pools = silos.Select(silo => silo.Metadata.GetValueOrDefault(SiloMetadataKeys.Pool)).OfType<string>()
            .Append(queue.Value.Pool).Union(ofSweeps);
        var queues = await Task.WhenAll(pools.Select(async pool => (Pool: pool, Status: await QueueAsync(pool))));
        return new ClusterStatus(silos, queues.Where(one => one.Status is not null).ToDictionary(one => one.Pool, one => one.Status!))
        {
            Store = answers,
        };
    }

    /// <summary>Returns the store's status, and the pools used by sweeps that have not ended.</summary>
    private async Task<(StoreStatus Store, string[] Pools)> OpenPoolsAsync()
    {
        try
        {
            var open = await store.Sweeps.OpenSweepsAsync().WaitAsync(LookLimit);
            var pools = open.Select(sweep => queue.Value.PoolOf(sweep.Pool)).ToArray();
            // An outage that persists after this response affects only writes.
            return (faults.Outage is var (since, reason) ? new StoreStatus(Answers: false, since, reason)
                : new StoreStatus(Answers: true), pools);
        }
        catch (StoreException e)
        {
            return (new StoreStatus(Answers: false, faults.Outage?.Since, e.Message), []);
        }
        catch (TimeoutException)
        {
            var outage = faults.Outage;
            return (new StoreStatus(Answers: false, outage?.Since,
                $"the store's database does not answer within {LookLimit.TotalSeconds} "
                + $"s{(outage is var (_, reason) ? $"; {reason}" : "")}"), []);
        }
    }

    /// <summary>Returns the status of a pool's queue; null if the queue does not respond.</summary>
    private async Task<QueueStatus?> QueueAsync(string pool)
    {
        try
        {
            return await GrainFactory.GetGrain<IQueueGrain>(pool).StatusAsync().WaitAsync(LookLimit);
        }
        catch (Exception e) when (e is AdaptClusterException or OrleansException or TimeoutException)
        {
            return null;
        }
    }

    private ServedPools Pools => MemberPools.Of(membership, metadata);

    /// <summary>Plans for the workers that serve a pool.</summary>
    private Task<SweepPlan> PlanAsync(PlanningQueue.Place place, string specJson, string source, string pool)
    {
        var pools = Pools;
        var (trainer, lanes) = (pools.TrainerOf(pool), pools.LanesOf(pool));
        return place.InTurnAsync(() => new Planner(catalog, methods).Plan(SpecParser.Parse(specJson, source, methods), trainer, lanes));
    }
}
