using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Grains.Storage;
using AdaptCluster.Grains.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Leases packs to workers that ask. The book is in memory: after a loss of this grain the unfinished packs come from the store with the
/// leases that were last known to hold them, so workers that live keep what they have. A lease that ends, however it does, is confirmed by its
/// sweep, which says what is left of the pack; until then the pack waits.
/// </summary>
[GrainType("queue"), KeepAlive, ControlSilo(1)]
internal sealed partial class QueueGrain(SweepStore store, IOptions<QueueOptions> options, QueueInstruments instruments, TimeProvider time, ILogger<QueueGrain> logger) : Grain, IQueueGrain
{
    private readonly LeaseBook _book = new(new LeaseTimes(options.Value.LeaseDuration, options.Value.StallAfter, options.Value.StopWithin));
    private readonly SiloHealthBook _silos = new(options.Value.QuarantineAfter, options.Value.Quarantine);
    private readonly Dictionary<string, string> _setAside = [];
    private readonly HashSet<Guid> _confirming = [];
    private readonly long _started = time.GetTimestamp();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var (id, pool) in await store.OpenSweepsAsync())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (options.Value.PoolOf(pool) == this.GetPrimaryKeyString()) await LoadAsync(new(id));
        }
        instruments.Begin(this.GetPrimaryKeyString());
        Show();
        this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(options.Value.RenewEvery, options.Value.RenewEvery) { KeepAlive = true });
    }

    public Task OfferAsync(SweepShare share, PackOffer[] packs)
    {
        _book.Offer(share, packs, Now);
        return Task.CompletedTask;
    }

    public Task ConfigureAsync(SweepShare share, LeaseDirective running)
    {
        _book.Configure(share);
        _book.Direct(share.Sweep, running, Now);
        return Task.CompletedTask;
    }

    public Task WithdrawAsync(SweepId sweep)
    {
        _book.Withdraw(sweep, Now);
        return Task.CompletedTask;
    }

    public Task<LeaseAnswer> LeaseAsync(string silo, string worker, Guid lease, WorkerOffer? offer)
    {
        var asker = new Asker(silo, worker, offer ?? WorkerOffer.BeforeOffers);
        if (_silos.QuarantinedFor(silo, Now) is { } quarantined)
        {
            _book.Workers.Asks(asker, Now);
            _book.Workers.Works(worker);
            return Task.FromResult(new LeaseAnswer(null, time.GetUtcNow() + quarantined, quarantined));
        }
        var isNew = _book.Find(lease) is null;
        if (_book.Lease(lease == default ? Guid.NewGuid() : lease, asker, Now) is not { } held) return Task.FromResult(new LeaseAnswer(null));
        if (isNew)
        {
            instruments.Granted(this.GetPrimaryKeyString());
            LogLeased(held.Sweep.Share.Sweep, held.Pack.Number, worker);
        }
        return Task.FromResult(new LeaseAnswer(new Lease(held.Id, held.Sweep.Share.Sweep, held.Pack.Number, options.Value.RenewEvery, TrainerVersion.Of(held.Sweep.Share.Trainer), held.Parts)));
    }

    public Task<LeaseDirective> RenewAsync(Guid lease, long? progress) => Task.FromResult(_book.Renew(lease, progress, Now));

    public Task EndAsync(Guid lease, LeaseEnd end)
    {
        if (_book.End(lease) is { } held)
        {
            instruments.Returned(this.GetPrimaryKeyString());
            Judge(held, end);
            ConfirmAsync(held).Ignore();
        }
        // A worker whose lease was lost with an earlier life of this grain hands back what the sweep has waiting now.
        else if (end.Sweep is { } sweep && _book.Find(lease) is null)
        {
            LookUpAsync(sweep, end.Pack, lease).Ignore();
        }
        return Task.CompletedTask;
    }

    public Task<SweepHolding> HoldingAsync(SweepId sweep) => Task.FromResult(_book.Holding(sweep));

    public Task<string?> ObstacleAsync(SweepId sweep) => Task.FromResult(QueueObstacles.Of(sweep, this.GetPrimaryKeyString(), _book, _silos, _setAside, Now));

    public Task<QueueStatus> StatusAsync() => Task.FromResult(new QueueStatus(
        _book.Waiting, _book.Leased, _book.OldestWaiting is { } oldest ? Now - oldest : TimeSpan.Zero,
        _silos.Quarantined(Now).ToDictionary(silo => silo.Key, silo => time.GetUtcNow() + silo.Value),
        [.. _book.Leases(QueueStatus.MaxListed).Select(Describe)])
    {
        WorkersByTrainer = _book.Workers.ByTrainer(Now),
        SetAside = new(_setAside),
    });

    internal static SweepShare Share(SweepEntity sweep) => new(new(sweep.Id), sweep.Priority, sweep.Parallel, sweep.Ordinal, sweep.State == SweepState.Paused, sweep.Trainer);

    /// <summary>Monotonic: a step of the wall clock moves no deadline.</summary>
    private TimeSpan Now => time.GetElapsedTime(_started);

    private async Task LoadAsync(SweepId id)
    {
        try
        {
            if (await store.FindAsync(id) is not { Sweep.State: not SweepState.Cancelling } stored) return;
            _book.Offer(Share(stored.Sweep), await store.UnfinishedPacksAsync(id, stored.Plan), Now);
            if (stored.Sweep.State == SweepState.Paused) _book.Direct(id, LeaseDirective.Drain, Now);
        }
        // One sweep that cannot be read must not keep the others from their workers. A store that is away is no fault of the sweep.
        catch (Exception e) when (e is not StoreException)
        {
            _setAside[id.Value] = e is AdaptClusterException ? e.Message : $"{e.GetType().Name}: {e.Message}";
            LogSetAside(id, e);
        }
    }

    private LeaseStatus Describe(HeldLease lease) => new(
        lease.Sweep.Share.Sweep, lease.Pack.Number, lease.Worker, time.GetUtcNow() + (lease.RenewedAt + options.Value.LeaseDuration - Now), lease.Directive);

    /// <summary>Learns from the way a lease went: which silo to keep a pack from, and how long it waits.</summary>
    private void Judge(HeldLease held, LeaseEnd end)
    {
        var (pack, now) = (held.Pack, Now);
        pack.BeginFault = end.BeginFault;
        if (end.Unfit is { } reason) pack.Avoid(held.Silo, now + options.Value.UnfitFor, reason);
        else if (end.Failed.Length > 0) pack.FailedOn = (held.Silo, now + options.Value.PreferOthersFor);
        if (end.Failed.Length > 0 && end.Unfit is null || end.BeginFault is not null) SetBack(held);
        else if (end.Completed > 0) pack.Setbacks = 0;
        if (held.Silo.Length > 0 && _silos.Record(held.Silo, end.Completed, end.Failed, now) is { } quarantine) LogQuarantined(held.Silo, time.GetUtcNow() + quarantine);
    }

    private void SetBack(HeldLease held)
    {
        var delay = options.Value.RetryDelay * Math.Pow(10, Math.Min(held.Pack.Setbacks++, 6));
        held.Sweep.HoldBack(held.Pack, Now + (delay < options.Value.LongestRetryDelay ? delay : options.Value.LongestRetryDelay), Now);
    }

    private Task TickAsync(CancellationToken cancellationToken)
    {
        foreach (var (lease, why) in _book.Overdue(Now))
        {
            _book.End(lease.Id);
            SetBack(lease);
            instruments.Expired(this.GetPrimaryKeyString());
            LogTakenBack(lease.Pack.Number, lease.Sweep.Share.Sweep, lease.Worker, why);
        }
        foreach (var lease in _book.Ending.ToList()) ConfirmAsync(lease).Ignore();
        Show();
        return Task.CompletedTask;
    }

    /// <summary>Tells the sweep that a lease has ended, which fences its worker, and takes its word on what is left. What fails is done again at the next tick.</summary>
    private async Task ConfirmAsync(HeldLease lease)
    {
        if (!_confirming.Add(lease.Id)) return;
        try
        {
            _book.Confirm(lease.Id, await GrainFactory.GetGrain<ISweepGrain>(lease.Sweep.Share.Sweep.Value).LeaseEndedAsync(lease.Pack.Number, lease.Id), Now);
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

    private async Task LookUpAsync(SweepId sweep, int pack, Guid lease)
    {
        try
        {
            var left = await GrainFactory.GetGrain<ISweepGrain>(sweep.Value).LeaseEndedAsync(pack, lease);
            if (left is not null && _book.PacksOf(sweep) is { Withdrawn: false } packs) _book.Offer(packs.Share, [left], Now);
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

    [LoggerMessage(LogLevel.Error, "Silo {Silo} is quarantined until {Until:u}: different jobs failed there in a row")]
    private partial void LogQuarantined(string silo, DateTimeOffset until);

    [LoggerMessage(LogLevel.Error, "Sweep {Sweep} is set aside: it cannot be loaded")]
    private partial void LogSetAside(SweepId sweep, Exception error);
}
