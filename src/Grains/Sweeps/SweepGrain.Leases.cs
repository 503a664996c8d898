using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Storage;
using AdaptCluster.Sweeps.Planning;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>The leases of a sweep's packs: their beginnings and their ends, those that come at the same time in one transaction.</summary>
internal sealed partial class SweepGrain
{
    /// <summary>Most beginnings or ends in one transaction.</summary>
    private const int MaxLeases = 500;

    /// <summary>A beginning that was long on its way must not begin anything under a lease that has ended: nobody would run it.</summary>
    private readonly RecentIds _endedLeases = new(1024);

    public async Task<PackAssignment> BeginAsync(PackStart start)
    {
        var begun = await _begins.CallAsync(start);
        // Outside the transaction and its turn: they can be large, and a worker that gets no answer asks again.
        var resumed = Array.FindAll(begun.Assignments, job => job.Attempt > 1);
        if (resumed.Length == 0) return new PackAssignment(begun.Assignments, begun.MoreWait, _submission);
        var checkpoints = await store.Leases.CheckpointsAsync(Id, Array.ConvertAll(resumed, job => job.Position));
        return new PackAssignment(Array.ConvertAll(begun.Assignments, job =>
            job with { Checkpoint = checkpoints.GetValueOrDefault(job.Position) }), begun.MoreWait, _submission);
    }

    public async Task LeaseLostAsync(int pack, Guid lease) => await LeaseEndedAsync(pack, lease);

    public Task<PackOffer?> LeaseEndedAsync(int pack, Guid lease, bool unbegun = false) => _ends.CallAsync(new(pack, lease, unbegun));

    public async Task LeaseEndedInAsync(string pool, int pack, Guid lease)
    {
        await ReadyAsync();
        if (_stored?.Sweep.State.IsQueued != true) return;
        if (pool == queue.Value.PoolOf(Sweep.Pool)) await ReconcileAsync();
        // The sweep has gone to another pool, whose queue has the lease by name alone, or not at all.
        else await Queue.EndAsync(lease, new LeaseEnd(Requeue: true, 0, []) { Sweep = Id, Pack = pack });
    }

    public Task<PackOffer[]> RestsAsync(Guid[] leases)
    {
        if (_stored is null || _stale) return Task.FromResult<PackOffer[]>([]);
        var (parts, plan) = (PackParts.Of(_stored.Plan), _stored.Plan);
        var held = _running.Where(job => leases.Contains(job.Value.Lease))
            .GroupBy(job => job.Value.Lease, job => (Position: job.Key, job.Value.Status.Epoch));
        return Task.FromResult<PackOffer[]>([.. held.Select(lease => parts.Offer(plan.Pack(lease.First().Position), [.. lease]) with
        {
            Lease = lease.Key,
        })]);
    }

    private Task<IReadOnlyList<PackBeginning>> BeginAsync(IReadOnlyList<PackStart> starts) =>
        ChangeAsync<IReadOnlyList<PackBeginning>>(async () =>
    {
        var answers = new PackBeginning[starts.Count];
        Array.Fill(answers, new PackBeginning([], [], [], MoreWait: false));
        if (_stored?.Sweep.State != SweepState.Running) return answers;
        var fitting = Enumerable.Range(0, starts.Count).Where(i => Fits(starts[i]) && !_endedLeases.Contains(starts[i].Lease)).ToArray();
        if (fitting.Length == 0) return answers;
        var begins = new List<(PackStart, string)>();
        foreach (var i in fitting) begins.Add((starts[i], await EnvironmentAsync(starts[i].Environment)));
        var begun = await store.Leases.BeginPacksAsync(Id, _stored.Plan, begins);
        for (var i = 0; i < fitting.Length; i++)
        {
            answers[fitting[i]] = begun[i];
            ShowBegun(starts[fitting[i]], begun[i]);
        }
        return answers;
    });

    /// <summary>A worker of another trainer version would compute other digits under this plan's ids.</summary>
    private bool Fits(PackStart start)
    {
        if (TrainerVersion.Of(start.Trainer) == TrainerVersion.Of(_stored!.Plan.Trainer)) return true;
        LogOtherTrainer(start.Worker, TrainerVersion.Of(start.Trainer), TrainerVersion.Of(_stored.Plan.Trainer));
        return false;
    }

    private void ShowBegun(PackStart start, PackBeginning begun)
    {
        Progress.Move(JobState.Queued, JobState.Running, begun.Begun.Length);
        foreach (var job in begun.Assignments)
        {
            if (_running.TryGetValue(job.Position, out var known) && known.Status.Attempt == job.Attempt) continue;
            var status = TrackedJob.Describe(job.Position, job.Id, _stored!.Plan) with
            {
                State = JobState.Running,
                Attempt = job.Attempt,
                Epoch = begun.Epochs[job.Position],
                Worker = start.Worker,
            };
            _running[job.Position] = new(status, start.Lease);
        }
    }

    private Task<IReadOnlyList<PackOffer?>> EndAsync(IReadOnlyList<EndedLease> leases) => ChangeAsync<IReadOnlyList<PackOffer?>>(async () =>
    {
        if (_stored is null) return new PackOffer?[leases.Count];
        foreach (var lease in leases) _endedLeases.Add(lease.Lease);
        var (ended, next) = (await store.Leases.EndLeasesAsync(Id, _stored.Plan, leases, Returned), Returned);
        NoteLost(ended.Lost, ended.GivenUp, next);
        NoteReturned(ended.Returned, next);
        if (await SettleAsync() || !Sweep.State.IsQueued) return new PackOffer?[leases.Count];
        return [.. leases.Select(lease => ended.Waiting.GetValueOrDefault(lease.Pack))];
    });

    private void NoteLost(int[] lost, int[] givenUp, JobState next)
    {
        instruments.Ended(AttemptOutcome.Lost, lost.Length);
        foreach (var position in lost)
        {
            var failed = givenUp.Contains(position);
            Progress.Move(JobState.Running, failed ? JobState.Failed : next);
            if (!_running.Remove(position, out var running)) continue;
            var job = running.Status;
            LogLost(job.Id, job.Attempt, job.Worker ?? "");
            if (failed) NoteFailed(position, job with { Error = AttemptLedger.TooManyLosses });
        }
    }

    /// <summary>Attempts that were begun and that no worker has heard of.</summary>
    private void NoteReturned(int[] returned, JobState next)
    {
        instruments.Ended(AttemptOutcome.Returned, returned.Length);
        Progress.Move(JobState.Running, next, returned.Length);
        foreach (var position in returned) _running.Remove(position);
    }

    private async Task<string> EnvironmentAsync(RunEnvironment environment)
    {
        var json = JsonSerializer.Serialize(environment, AdaptClusterJson.Compact);
        var id = TextHash.Of(json)[..16];
        if (_environments.Contains(id)) return id;
        await store.History.SaveEnvironmentAsync(id, json);
        _environments.Add(id);
        return id;
    }

    /// <summary>
    /// Mends what was lost between the store, this grain and the queue, by comparing what waits and what is leased in both: packs that the
    /// queue has forgotten are offered, leases that it does not know are ended.
    /// </summary>
    private async Task ReconcileAsync()
    {
        // First the store, then the queue: what is in both stays.
        var open = await store.Leases.OpenLeasesAsync(Id);
        var waiting = await store.Leases.WaitingPacksAsync(Id);
        if (await HoldingAsync() is not { } holding) return;
        foreach (var (pack, lease) in open.Where(job => !holding.Leases.Contains(job.Lease)))
            if (await LeaseEndedAsync(pack, lease) is not null) waiting.Add(pack);
        // A queue that has moved to an older silo tells the leases of a paused sweep the softer word.
        if (Sweep.State == SweepState.Paused) await Queue.ConfigureAsync(QueueGrain.Share(Sweep), WhilePaused);
        if (Sweep.State != SweepState.Running) return;
        var known = holding.WaitingPacks is { } packs ? packs.ToHashSet() : [];
        // What a lease covers waits in the store until its worker begins it.
        var begun = open.Select(job => job.Lease).ToHashSet();
        if (holding.LeasePacks is { } leased) known.UnionWith(leased.Where((_, i) => !begun.Contains(holding.Leases[i])));
        var forgotten = waiting.Where(pack => !known.Contains(pack)).ToHashSet();
        if (forgotten.Count == 0) return;
        var offers = (await store.Leases.UnfinishedPacksAsync(Id, _stored!.Plan))
            .Where(offer => offer.Lease is null && forgotten.Contains(offer.Pack)).ToArray();
        LogForgotten(offers.Length);
        await Queue.OfferAsync(QueueGrain.Share(Sweep), offers);
    }

    /// <summary>What the queue has of the sweep; null when it does not answer now.</summary>
    private async Task<SweepHolding?> HoldingAsync()
    {
        try
        {
            return await Queue.HoldingAsync(Id);
        }
        // It moves, or reads the store: in a minute the two are compared again.
        catch (Exception e) when (e is AdaptClusterException { IsTransient: true } or TimeoutException or OrleansException)
        {
            LogNotCompared(e.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The sweep could not be compared with its queue, and is in a minute: {Reason}")]
    private partial void LogNotCompared(string reason);

    [LoggerMessage(
        LogLevel.Warning, "Worker {Worker} runs trainer version {Found} and the sweep is planned for {Expected}; it gets none of its jobs")]
    private partial void LogOtherTrainer(string worker, int found, int expected);

    [LoggerMessage(LogLevel.Warning, "The queue did not know of {Packs} packs that wait; they are offered again")]
    private partial void LogForgotten(int packs);
}
