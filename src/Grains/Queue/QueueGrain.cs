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
/// leases that were last known to hold them, so workers that live keep what they have, and the next attempt's number fences those that do not.
/// </summary>
[GrainType("queue"), KeepAlive, ControlSilo(1)]
internal sealed partial class QueueGrain(SweepStore store, IOptions<QueueOptions> options, QueueInstruments instruments, TimeProvider time, ILogger<QueueGrain> logger) : Grain, IQueueGrain
{
    private readonly LeaseBook _book = new();
    private readonly SiloHealthBook _silos = new(options.Value.QuarantineAfter, options.Value.Quarantine);
    private readonly Dictionary<Guid, string> _siloOfLease = [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var (id, pool) in await store.OpenSweepsAsync())
        {
            if (options.Value.PoolOf(pool) != this.GetPrimaryKeyString()) continue;
            if (await store.FindAsync(new(id)) is not { Sweep.State: not SweepState.Cancelling } stored) continue;
            _book.Offer(Share(stored.Sweep), await store.UnfinishedPacksAsync(new(id), stored.Plan), Now, Deadline);
        }
        instruments.Begin(this.GetPrimaryKeyString());
        Show();
        this.RegisterGrainTimer(ExpireAsync, new GrainTimerCreationOptions(options.Value.RenewEvery, options.Value.RenewEvery) { KeepAlive = true });
    }

    public Task OfferAsync(SweepShare share, PackOffer[] packs)
    {
        _book.Offer(share, packs, Now, Deadline);
        return Task.CompletedTask;
    }

    public Task ConfigureAsync(SweepShare share, LeaseDirective running)
    {
        _book.Configure(share);
        _book.Direct(share.Sweep, running);
        return Task.CompletedTask;
    }

    public Task WithdrawAsync(SweepId sweep)
    {
        _book.Withdraw(sweep);
        return Task.CompletedTask;
    }

    public Task<LeaseAnswer> LeaseAsync(string silo, string worker)
    {
        if (_silos.QuarantinedUntil(silo, Now) is { } until) return Task.FromResult(new LeaseAnswer(null, until));
        var lease = _book.Lease(worker, Now, Deadline, options.Value.RenewEvery);
        if (lease is not null)
        {
            _siloOfLease[lease.Id] = silo;
            instruments.Granted(this.GetPrimaryKeyString());
            LogLeased(lease.Sweep, lease.Pack, worker);
        }
        return Task.FromResult(new LeaseAnswer(lease));
    }

    public Task<LeaseDirective> RenewAsync(Guid lease) => Task.FromResult(_book.Renew(lease, Deadline));

    public Task EndAsync(Guid lease, LeaseEnd end)
    {
        if (_book.End(lease, end.Requeue, end.Failed.Length > 0 ? Now + options.Value.RetryDelay : default) is var (sweep, pack, _))
        {
            instruments.Returned(this.GetPrimaryKeyString());
            // A worker that could not report what it hands back leaves jobs open that nobody holds any more.
            GrainFactory.GetGrain<ISweepGrain>(sweep.Value).LeaseLostAsync(pack, lease).Ignore();
        }
        if (_siloOfLease.Remove(lease, out var silo) && _silos.Note(silo, end.Completed, end.Failed, Now) is { } until) LogQuarantined(silo, until);
        return Task.CompletedTask;
    }

    public Task<SweepHolding> HoldingAsync(SweepId sweep) => Task.FromResult(_book.Holding(sweep));

    public Task<QueueStatus> StatusAsync() => Task.FromResult(new QueueStatus(
        _book.Waiting, _book.Leased, _book.OldestWaiting is { } oldest ? Now - oldest : TimeSpan.Zero, _silos.Quarantined(Now), _book.Leases(QueueStatus.MaxListed)));

    internal static SweepShare Share(SweepEntity sweep) => new(new(sweep.Id), sweep.Priority, sweep.Parallel, sweep.Ordinal, sweep.State == SweepState.Paused);

    private DateTimeOffset Now => time.GetUtcNow();

    private DateTimeOffset Deadline => Now + options.Value.LeaseDuration;

    private Task ExpireAsync(CancellationToken cancellationToken)
    {
        foreach (var id in _book.Overdue(Now))
        {
            if (_book.End(id, requeue: true, Now + options.Value.RetryDelay) is not var (sweep, pack, worker)) continue;
            _siloOfLease.Remove(id);
            instruments.Expired(this.GetPrimaryKeyString());
            LogExpired(sweep, pack, worker);
            // The next attempt fences the lost worker in any case; this only shows the truth sooner, so its failure does no harm.
            GrainFactory.GetGrain<ISweepGrain>(sweep.Value).LeaseLostAsync(pack, id).Ignore();
        }
        Show();
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Debug, "Pack {Pack} of {Sweep} leased to {Worker}")]
    private partial void LogLeased(SweepId sweep, int pack, string worker);

    [LoggerMessage(LogLevel.Warning, "The lease of pack {Pack} of {Sweep} by {Worker} expired; it waits again")]
    private partial void LogExpired(SweepId sweep, int pack, string worker);

    [LoggerMessage(LogLevel.Error, "Silo {Silo} is quarantined until {Until:u}: different jobs failed there in a row")]
    private partial void LogQuarantined(string silo, DateTimeOffset until);
}
