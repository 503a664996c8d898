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
/// Leases one pool's packs to workers that request work. The lease book is kept only in memory. After this grain is lost, the unfinished
/// packs and the leases that last held them are read from the store (<see cref="QueueLoading"/>). Live workers therefore keep their work.
/// The sweep confirms the end of every lease and reports what is left of the pack (<see cref="LeaseEnds"/>). Until then the pack is not
/// leased again.
/// </summary>
[GrainType("queue"), KeepAlive, ControlSilo(1)]
internal sealed partial class QueueGrain(
    SweepStore store, StoreFaults faults, IOptions<QueueOptions> options, IOptions<QuotaOptions> quota, QueueInstruments instruments,
    IClusterMembershipService membership, TimeProvider time,
    ILogger<QueueGrain> logger) : Grain, IQueueGrain
{
    /// <summary>The interval between searches for the oldest pack. A search scans all packs, so it does not run at every tick.</summary>
    private static readonly TimeSpan SearchEvery = TimeSpan.FromSeconds(10);

    private readonly LeaseBook _book = new(
        new LeaseTimes(options.Value.LeaseDuration, options.Value.StallAfter, options.Value.StopWithin), quota.Value);
    private readonly DeadSilos _dead = new(membership);
    private readonly SiloHealthBook _silos = new(options.Value.QuarantineAfter, options.Value.Quarantine);
    private readonly Dictionary<string, string> _setAside = [];
    private readonly long _started = time.GetTimestamp();
    private TimeSpan _storeAnswersSince;
    private DateTimeOffset? _oldest;
    private TimeSpan _searched;

    private QueueLoading Loading => field ??= new(
        Pool, store, _book, _silos, _setAside, options.Value, () => Now, time, PublishLevels, logger);

    private LeaseEnds Ends => field ??= new(Pool, store, _book, Loading, GrainFactory, () => Now, logger);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Loading.LoadAsync().Ignore();
        instruments.Begin(Pool);
        PublishLevels();
        this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(options.Value.RenewEvery, options.Value.RenewEvery)
        {
            KeepAlive = true,
        });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        instruments.Remove(Pool);
        return Task.CompletedTask;
    }

    public Task OfferAsync(SweepShare share, PackOffer[] packs)
    {
        Loading.Changes(share.Sweep);
        _setAside.Remove(share.Sweep.Value);
        _book.Offer(share, packs, Now);
        // Grains of 0.1.0 do not send the data set.
        _book.SetBeginsParts(share.Sweep, packs.All(pack => pack.Dataset is not null));
        return Task.CompletedTask;
    }

    public Task ConfigureAsync(SweepShare share, LeaseDirective running)
    {
        Loading.Changes(share.Sweep);
        _book.Configure(share);
        _book.Direct(share.Sweep, running, Now);
        return Task.CompletedTask;
    }

    public Task WithdrawAsync(SweepId sweep)
    {
        Loading.Changes(sweep);
        _setAside.Remove(sweep.Value);
        _book.Withdraw(sweep, Now);
        return Task.CompletedTask;
    }

    public Task<LeaseAnswer> LeaseAsync(string silo, string worker, LeaseId lease, WorkerOffer? offer)
    {
        if (_dead.Has(silo)) return Task.FromResult(new LeaseAnswer(null));
        var asker = new Asker(silo, worker, offer ?? WorkerOffer.BeforeOffers);
        if (_silos.QuarantinedFor(silo, Now) is { } quarantined)
        {
            _book.Workers.RecordRequest(asker, Now);
            _book.Workers.RecordLease(worker);
            return Task.FromResult(new LeaseAnswer(null, time.GetUtcNow() + quarantined, quarantined));
        }
        var isNew = _book.Find(lease) is null;
        // The packs that other workers hold are not known yet, and must not be leased twice.
        if (isNew && !Loading.IsDone)
        {
            _book.Workers.RecordRequest(asker, Now);
            return Task.FromResult(new LeaseAnswer(null));
        }
        if (_book.Lease(lease == default ? LeaseId.New() : lease, asker, Now) is not { } held)
            return Task.FromResult(new LeaseAnswer(null));
        if (isNew)
        {
            instruments.Granted(Pool);
            LogLeased(held.Sweep.Share.Sweep, held.Pack.Number.Value, worker, Pool);
        }
        return Task.FromResult(new LeaseAnswer(new Lease(held.Id, held.Sweep.Share.Sweep, held.Pack.Number, options.Value.RenewEvery,
            TrainerVersion.Of(held.Sweep.Share.Trainer), held.Parts)));
    }

    public Task<LeaseDirective> RenewAsync(LeaseId lease, long? progress)
    {
        var directive = _book.Renew(lease, progress, Now);
        // While the store is being read, a lease that is still unknown might be found there.
        return Task.FromResult(directive == LeaseDirective.Lost && !Loading.IsDone ? LeaseDirective.Continue : directive);
    }

    public Task EndAsync(LeaseId lease, LeaseEnd end)
    {
        if (end.Sweep is { } changed) Loading.Changes(changed);
        if (_book.End(lease, end.Leaves ? null : Now) is { } held)
        {
            held.Unbegun = end.Unbegun;
            instruments.Returned(Pool);
            Judge(held, end);
            Ends.ConfirmAsync(held).Ignore();
        }
        // The lease was lost with an earlier activation of this grain. Its worker hands back work that now waits in the sweep.
        else if (end.Sweep is { } sweep && _book.Find(lease) is null)
        {
            Ends.LookUpAsync(sweep, end.Pack, lease, end.Unbegun).Ignore();
        }
        return Task.CompletedTask;
    }

    public Task<SweepHolding> HoldingAsync(SweepId sweep) =>
        Loading.IsDone ? Task.FromResult(_book.Holding(sweep)) : throw new GrainFaultException(Loading.Text);

    public Task<string?> ObstacleAsync(SweepId sweep) =>
        Task.FromResult(Loading.IsDone ? QueueObstacles.Of(sweep, Pool, _book, _silos, _setAside, Now) : Loading.Text);

    public Task<QueueStatus> StatusAsync() => Task.FromResult(new QueueStatus(
        _book.Waiting, _book.Leased, _book.OldestWaiting is { } oldest ? Now - oldest : TimeSpan.Zero,
        _silos.Quarantined(Now).ToDictionary(silo => silo.Key, silo => time.GetUtcNow() + silo.Value),
        [.. _book.Leases(QueueStatus.MaxListed).Select(Describe)])
    {
        WorkersByTrainer = _book.Workers.ByTrainer(Now),
        SetAside = new(_setAside),
    });

    internal static SweepShare Share(SweepEntity sweep) =>
        new(new(sweep.Id), sweep.Priority, sweep.Parallel, sweep.Ordinal, sweep.State == SweepState.Paused, sweep.Trainer)
        {
            Person = sweep.SubmittedBy,
        };

    private string Pool => this.GetPrimaryKeyString();

    /// <summary>The monotonic time since activation. Setting the wall clock does not move any deadline.</summary>
    private TimeSpan Now => time.GetElapsedTime(_started);

    private LeaseStatus Describe(HeldLease lease) => new(
        lease.Sweep.Share.Sweep, lease.Pack.Number, lease.Worker, time.GetUtcNow()
            + (lease.RenewedAt + options.Value.LeaseDuration - Now), lease.Directive);

    /// <summary>
    /// Updates the pack and the health of its silo after a lease has ended. This determines whether the silo receives the pack again, and
    /// how long the pack waits.
    /// </summary>
    private void Judge(HeldLease held, LeaseEnd end)
    {
        var (pack, now) = (held.Pack, Now);
        pack.BeginFault = end.BeginFault;
        // A silo that cannot run jobs of one data set can still run jobs of others, so it is avoided only for this data set.
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

    /// <summary>Stores a quarantine, so that it survives the end of this activation.</summary>
    private async Task QuarantineAsync(string silo, TimeSpan lasts)
    {
        var until = time.GetUtcNow() + lasts;
        LogQuarantined(silo, until, Pool);
        try
        {
            await store.Quarantines.SaveQuarantineAsync(Pool, new Quarantine(silo, until, _silos.Times(silo)));
        }
        // Without the stored row, the quarantine ends with this activation.
        catch (StoreException e)
        {
            LogNotSaved(silo, until, ReasonText.Of(e), Pool);
        }
    }

    private Task TickAsync(CancellationToken cancellationToken)
    {
        if (!Loading.IsDone) Loading.LoadAsync().Ignore();
        if (faults.Outage is not null) _storeAnswersSince = Now;
        foreach (var (lease, why) in _book.Overdue(Now, _storeAnswersSince))
        {
            _book.End(lease.Id);
            SetBack(lease);
            instruments.Expired(Pool);
            LogTakenBack(lease.Pack.Number.Value, lease.Sweep.Share.Sweep, lease.Worker, Reason(why));
        }
        foreach (var lease in _book.Ending.ToList()) Ends.ConfirmAsync(lease).Ignore();
        foreach (var sweep in _book.ToAsk(Now).GroupBy(lease => lease.Sweep.Share.Sweep, lease => lease.Id))
            Ends.AskAsync(sweep.Key, [.. sweep]).Ignore();
        if (_book.Divide(Now) is { } divided)
            LogDivided(divided.Pack.Number.Value, divided.Sweep.Share.Sweep, divided.Worker, divided.Rest!.Parts);
        PublishLevels();
        return Task.CompletedTask;
    }

    /// <summary>Publishes a copy of the queue's levels for metrics at every tick, because metrics are read from other threads.</summary>
    private void PublishLevels()
    {
        var waiting = _book.Waiting;
        if (waiting == 0) _oldest = null;
        else if (_oldest is null || Now - _searched >= SearchEvery)
            (_oldest, _searched) = (_book.OldestWaiting is { } oldest ? time.GetUtcNow() - (Now - oldest) : null, Now);
        instruments.Publish(Pool, new QueueLevels(waiting, _book.Leasable, _book.Leased, _oldest, _silos.Quarantined(Now).Count));
    }

    private string Reason(LeaseLoss why) => why switch
    {
        LeaseLoss.Silent => $"not renewed for {options.Value.LeaseDuration.TotalSeconds:0.#} s",
        LeaseLoss.Stalled => $"no progress for {options.Value.StallAfter.TotalSeconds:0.#} s",
        _ => $"told to stop {options.Value.StopWithin.TotalSeconds:0.#} s ago",
    };

    [LoggerMessage(LogLevel.Debug, "Leased pack {Pack} of {Sweep} to worker {Worker} of pool '{Pool}'")]
    private partial void LogLeased(SweepId sweep, int pack, string worker, string pool);

    [LoggerMessage(
        LogLevel.Warning, "Took back the lease of pack {Pack} of {Sweep} from worker {Worker} ({Why}); the pack is queued again")]
    private partial void LogTakenBack(int pack, SweepId sweep, string worker, string why);

    [LoggerMessage(
        LogLevel.Information,
        "Some workers are idle; asked worker {Worker} to hand back pack {Pack} of {Sweep} so that its {Parts} open parts can be divided")]
    private partial void LogDivided(int pack, SweepId sweep, string worker, int parts);

    [LoggerMessage(
        LogLevel.Error,
        "Silo {Silo} is quarantined until {Until:u}, because several different jobs failed on it in a row; the queue of pool '{Pool}' "
        + "leases it no packs until then")]
    private partial void LogQuarantined(string silo, DateTimeOffset until, string pool);

    [LoggerMessage(
        LogLevel.Warning,
        "Could not store the quarantine of silo {Silo} until {Until:u} ({Reason}); it ends early if the queue of pool '{Pool}' restarts")]
    private partial void LogNotSaved(string silo, DateTimeOffset until, string reason, string pool);
}
