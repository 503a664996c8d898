using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Leases packs to workers that ask. Leases live in memory only: after a restart the unfinished packs come from the store, and the next
/// attempt's number fences the workers of before.
/// </summary>
[GrainType("queue"), KeepAlive]
internal sealed partial class QueueGrain(SweepStore store, IOptions<QueueOptions> options, TimeProvider time, ILogger<QueueGrain> logger) : Grain, IQueueGrain
{
    private readonly LeaseBook _book = new();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyString() == options.Value.Pool)
            foreach (var offer in await store.UnfinishedPacksAsync()) _book.Offer(offer);
        this.RegisterGrainTimer(ExpireAsync, new GrainTimerCreationOptions(options.Value.RenewEvery, options.Value.RenewEvery) { KeepAlive = true });
    }

    public Task OfferAsync(PackOffer[] packs)
    {
        foreach (var pack in packs) _book.Offer(pack);
        return Task.CompletedTask;
    }

    public Task<Lease?> LeaseAsync(string worker)
    {
        var leased = _book.Lease(Deadline);
        if (leased is not var (id, offer)) return Task.FromResult<Lease?>(null);
        LogLeased(offer.Sweep, offer.Pack, worker);
        return Task.FromResult<Lease?>(new Lease(id, offer.Sweep, offer.Pack, options.Value.RenewEvery));
    }

    public Task<bool> RenewAsync(Guid lease) => Task.FromResult(_book.Renew(lease, Deadline));

    public Task EndAsync(Guid lease, bool requeue)
    {
        _book.End(lease, requeue);
        return Task.CompletedTask;
    }

    public Task WithdrawAsync(SweepId sweep)
    {
        _book.Withdraw(sweep);
        return Task.CompletedTask;
    }

    private DateTimeOffset Deadline => time.GetUtcNow() + options.Value.LeaseDuration;

    private Task ExpireAsync(CancellationToken cancellationToken)
    {
        foreach (var offer in _book.Expire(time.GetUtcNow())) LogExpired(offer.Sweep, offer.Pack);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Debug, "Pack {Pack} of {Sweep} leased to {Worker}")]
    private partial void LogLeased(SweepId sweep, int pack, string worker);

    [LoggerMessage(LogLevel.Warning, "The lease of pack {Pack} of {Sweep} expired; it waits again")]
    private partial void LogExpired(SweepId sweep, int pack);
}
