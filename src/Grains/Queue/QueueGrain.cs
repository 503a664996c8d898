using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Leases packs to workers that ask. The book is in memory: after a loss of this grain the unfinished packs come from the store with the
/// leases that were last known to hold them (QueueGrain.Loading.cs), so workers that live keep what they have. A lease that ends, however
/// it does, is confirmed by its sweep, which says what is left of the pack; until then the pack waits.
/// </summary>
[GrainType("queue"), KeepAlive, ControlSilo(1)]
internal sealed partial class QueueGrain(
    SweepStore store, StoreFaults faults, IOptions<QueueOptions> options, QueueInstruments instruments,
    IClusterMembershipService membership, TimeProvider time,
    ILogger<QueueGrain> logger) : Grain, IQueueGrain
{
    private readonly LeaseBook _book = new(new LeaseTimes(options.Value.LeaseDuration, options.Value.StallAfter, options.Value.StopWithin));
    private readonly DeadSilos _dead = new(membership);
    private readonly SiloHealthBook _silos = new(options.Value.QuarantineAfter, options.Value.Quarantine);
    private readonly Dictionary<string, string> _setAside = [];
    private readonly HashSet<Guid> _confirming = [];
    private readonly long _started = time.GetTimestamp();
    private TimeSpan _storeAnswersSince;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        LoadAsync().Ignore();
        instruments.Begin(Pool);
        Show();
        this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(options.Value.RenewEvery, options.Value.RenewEvery)
        {
            KeepAlive = true,
        });
        return Task.CompletedTask;
    }

    public Task OfferAsync(SweepShare share, PackOffer[] packs)
    {
        Changes(share.Sweep);
        _setAside.Remove(share.Sweep.Value);
        _book.Offer(share, packs, Now);
        // Grains of 0.1.0 do not name data sets.
        ShowsParts(share.Sweep, packs.All(pack => pack.Dataset is not null));
        return Task.CompletedTask;
    }

    public Task ConfigureAsync(SweepShare share, LeaseDirective running)
    {
        Changes(share.Sweep);
        _book.Configure(share);
        _book.Direct(share.Sweep, running, Now);
        return Task.CompletedTask;
    }

    public Task WithdrawAsync(SweepId sweep)
    {
        Changes(sweep);
        _setAside.Remove(sweep.Value);
        _book.Withdraw(sweep, Now);
        return Task.CompletedTask;
    }

    public Task<LeaseAnswer> LeaseAsync(string silo, string worker, Guid lease, WorkerOffer? offer)
    {
        if (_dead.Has(silo)) return Task.FromResult(new LeaseAnswer(null));
        var asker = new Asker(silo, worker, offer ?? WorkerOffer.BeforeOffers);
        if (_silos.QuarantinedFor(silo, Now) is { } quarantined)
        {
            _book.Workers.Asks(asker, Now);
            _book.Workers.Works(worker);
            return Task.FromResult(new LeaseAnswer(null, time.GetUtcNow() + quarantined, quarantined));
        }
        var isNew = _book.Find(lease) is null;
        // What another worker holds is not known yet, and must not be leased twice.
        if (isNew && !_isLoaded)
        {
            _book.Workers.Asks(asker, Now);
            return Task.FromResult(new LeaseAnswer(null));
        }
        if (_book.Lease(lease == default ? Guid.NewGuid() : lease, asker, Now) is not { } held)
            return Task.FromResult(new LeaseAnswer(null));
        if (isNew)
        {
            instruments.Granted(Pool);
            LogLeased(held.Sweep.Share.Sweep, held.Pack.Number, worker);
        }
        return Task.FromResult(new LeaseAnswer(new Lease(held.Id, held.Sweep.Share.Sweep, held.Pack.Number, options.Value.RenewEvery,
            TrainerVersion.Of(held.Sweep.Share.Trainer), held.Parts)));
    }

    public Task<LeaseDirective> RenewAsync(Guid lease, long? progress)
    {
        var directive = _book.Renew(lease, progress, Now);
        // A lease that is not known while the store is read may yet be found there.
        return Task.FromResult(directive == LeaseDirective.Lost && !_isLoaded ? LeaseDirective.Continue : directive);
    }

    public Task EndAsync(Guid lease, LeaseEnd end)
    {
        if (end.Sweep is { } changed) Changes(changed);
        if (_book.End(lease, end.Leaves ? null : Now) is { } held)
        {
            held.Unbegun = end.Unbegun;
            instruments.Returned(Pool);
            Judge(held, end);
            ConfirmAsync(held).Ignore();
        }
        // A worker whose lease was lost with an earlier life of this grain hands back what the sweep has waiting now.
        else if (end.Sweep is { } sweep && _book.Find(lease) is null)
        {
            LookUpAsync(sweep, end.Pack, lease, end.Unbegun).Ignore();
        }
        return Task.CompletedTask;
    }

    public Task<SweepHolding> HoldingAsync(SweepId sweep) =>
        _isLoaded ? Task.FromResult(_book.Holding(sweep)) : throw new GrainFaultException(Loading);

    public Task<string?> ObstacleAsync(SweepId sweep) =>
        Task.FromResult(_isLoaded ? QueueObstacles.Of(sweep, Pool, _book, _silos, _setAside, Now) : Loading);

    public Task<QueueStatus> StatusAsync() => Task.FromResult(new QueueStatus(
        _book.Waiting, _book.Leased, _book.OldestWaiting is { } oldest ? Now - oldest : TimeSpan.Zero,
        _silos.Quarantined(Now).ToDictionary(silo => silo.Key, silo => time.GetUtcNow() + silo.Value),
        [.. _book.Leases(QueueStatus.MaxListed).Select(Describe)])
    {
        WorkersByTrainer = _book.Workers.ByTrainer(Now),
        SetAside = new(_setAside),
    });

    internal static SweepShare Share(SweepEntity sweep) =>
        new(new(sweep.Id), sweep.Priority, sweep.Parallel, sweep.Ordinal, sweep.State == SweepState.Paused, sweep.Trainer);

    private string Pool => this.GetPrimaryKeyString();

    /// <summary>Monotonic: a step of the wall clock moves no deadline.</summary>
    private TimeSpan Now => time.GetElapsedTime(_started);

    private LeaseStatus Describe(HeldLease lease) => new(
        lease.Sweep.Share.Sweep, lease.Pack.Number, lease.Worker, time.GetUtcNow()
            + (lease.RenewedAt + options.Value.LeaseDuration - Now), lease.Directive);

    /// <summary>Learns from the way a lease went: which silo to keep a pack from, and how long it waits.</summary>
    private void Judge(HeldLease held, LeaseEnd end)
    {
        var (pack, now) = (held.Pack, Now);
        pack.BeginFault = end.BeginFault;
        // A silo that lacks what one data set needs runs the jobs of others well: that it is avoided is enough.
        var failed = end.Unfit is null ? end.Failed : [];
        if (end.Unfit is { } reason) pack.Avoided.Add(held.Silo, now + options.Value.UnfitFor, reason);
        else if (failed.Length > 0) pack.FailedOn = (held.Silo, now + options.Value.PreferOthersFor);
        if (failed.Length > 0 || end.BeginFault is not null) SetBack(held);
        else if (end.Completed > 0) pack.Setbacks = 0;
        if (end is { Unfit: null, Completed: > 0 }) pack.Avoided.Remove(held.Silo);
        if (held.Silo.Length > 0 && _silos.Record(held.Silo, end.Completed, failed, now) is { } quarantine)
            QuarantineAsync(held.Silo, quarantine).Ignore();
    }

    private void SetBack(HeldLease held)
    {
        held.Sweep.HoldBack(held.Pack, Now + options.Value.DelayAfter(held.Pack.Setbacks++), Now);
    }

    private Task TickAsync(CancellationToken cancellationToken)
    {
        if (!_isLoaded) LoadAsync().Ignore();
        if (faults.Outage is not null) _storeAnswersSince = Now;
        foreach (var (lease, why) in _book.Overdue(Now, _storeAnswersSince))
        {
            _book.End(lease.Id);
            SetBack(lease);
            instruments.Expired(Pool);
            LogTakenBack(lease.Pack.Number, lease.Sweep.Share.Sweep, lease.Worker, why);
        }
        foreach (var lease in _book.Ending.ToList()) ConfirmAsync(lease).Ignore();
        foreach (var sweep in _book.ToAsk(Now).GroupBy(lease => lease.Sweep.Share.Sweep, lease => lease.Id))
            AskAsync(sweep.Key, [.. sweep]).Ignore();
        if (_book.Divide(Now) is { } divided)
            LogDivided(divided.Pack.Number, divided.Sweep.Share.Sweep, divided.Worker, divided.Rest!.Parts);
        Show();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Tells the sweep that a lease has ended, which fences its worker, and takes its word on what is left. What fails is done again at the
    /// next tick.
    /// </summary>
    private async Task ConfirmAsync(HeldLease lease)
    {
        if (!_confirming.Add(lease.Id)) return;
        try
        {
            var sweep = GrainFactory.GetGrain<ISweepGrain>(lease.Sweep.Share.Sweep.Value);
            var left = await EndInSweepAsync(sweep, lease.Sweep.Share.Sweep, lease.Pack.Number, lease.Id, lease.Unbegun);
            _book.Confirm(lease.Id, left, Now);
            if (left is not null && lease.Sweep.Withdrawn) await sweep.LeaseEndedInAsync(Pool, lease.Pack.Number, lease.Id);
        }
        catch (Exception e)
        {
            LogUnconfirmed(lease.Pack.Number, lease.Sweep.Share.Sweep, e.Message);
        }
        finally
        {
            _confirming.Remove(lease.Id);
        }
    }

    /// <summary>Tells a sweep that a lease has ended, in the words of 0.1.0 if its grain is on a silo that has no others.</summary>
    /// <returns>What waits of the pack now; null when nothing does.</returns>
    private async Task<PackOffer?> EndInSweepAsync(ISweepGrain grain, SweepId sweep, int pack, Guid lease, bool unbegun)
    {
        try
        {
            var left = await grain.LeaseEndedAsync(pack, lease, unbegun);
            ShowsParts(sweep);
            return left;
        }
        catch (Exception e) when (e is not (AdaptClusterException or TimeoutException))
        {
            LogOlderWords(sweep, e.Message);
            await grain.LeaseLostAsync(pack, lease);
            ShowsParts(sweep, shown: false);
            return await store.Sweeps.FindAsync(sweep) is { } stored && stored.Sweep.State.IsQueued
                ? Array.Find(await store.Leases.UnfinishedPacksAsync(sweep, stored.Plan), offer =>
                    offer.Lease is null && offer.Pack == pack)
                : null;
        }
    }

    private void ShowsParts(SweepId sweep, bool shown = true)
    {
        if (_book.PacksOf(sweep) is { } packs) packs.BeginsParts = shown;
    }

    /// <summary>Asks a sweep what is unfinished of leases, so that they can be divided.</summary>
    private async Task AskAsync(SweepId sweep, Guid[] leases)
    {
        try
        {
            _book.Refresh(await GrainFactory.GetGrain<ISweepGrain>(sweep.Value).RestsAsync(leases), Now);
            ShowsParts(sweep);
        }
        // A sweep that does not answer, or on a silo of an older version, is not divided; it is asked again.
        catch (Exception e)
        {
            LogNotAsked(sweep, e.Message);
        }
    }

    private async Task LookUpAsync(SweepId sweep, int pack, Guid lease, bool unbegun)
    {
        try
        {
            var grain = GrainFactory.GetGrain<ISweepGrain>(sweep.Value);
            var left = await EndInSweepAsync(grain, sweep, pack, lease, unbegun);
            // What is being read of the sweep at this moment may be from before.
            Changes(sweep);
            // The store had it open still when it was read.
            if (_book.End(lease) is not null) _book.Confirm(lease, left, Now);
            else if (left is null) return;
            else if (_book.PacksOf(sweep) is { Withdrawn: false } packs) _book.Offer(packs.Share, [left], Now);
            else await grain.LeaseEndedInAsync(Pool, pack, lease);
        }
        // The sweep compares what waits with what is here every minute, and brings what this missed.
        catch (Exception e)
        {
            LogUnconfirmed(pack, sweep, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Pack {Pack} of {Sweep} leased to {Worker}")]
    private partial void LogLeased(SweepId sweep, int pack, string worker);

    [LoggerMessage(LogLevel.Warning, "The lease of pack {Pack} of {Sweep} by {Worker} was taken back ({Why}); the pack waits again")]
    private partial void LogTakenBack(int pack, SweepId sweep, string worker, LeaseLoss why);

    [LoggerMessage(LogLevel.Warning, "The end of a lease of pack {Pack} of {Sweep} could not be confirmed; trying again: {Reason}")]
    private partial void LogUnconfirmed(int pack, SweepId sweep, string reason);

    [LoggerMessage(LogLevel.Debug, "Sweep {Sweep} is told the end of a lease as by version 0.1.0: {Reason}")]
    private partial void LogOlderWords(SweepId sweep, string reason);

    [LoggerMessage(LogLevel.Information,
        "Workers idle: {Worker} hands pack {Pack} of {Sweep} back, so that its {Parts} unfinished parts are divided")]
    private partial void LogDivided(int pack, SweepId sweep, string worker, int parts);

    [LoggerMessage(LogLevel.Debug, "Sweep {Sweep} does not say what is unfinished of its leases; asking again: {Reason}")]
    private partial void LogNotAsked(SweepId sweep, string reason);
}
