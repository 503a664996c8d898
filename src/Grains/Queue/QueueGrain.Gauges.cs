using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Grains.Queue;

/// <summary>What a queue shows to those who watch the cluster: a copy, made at every tick, since they look from other threads.</summary>
internal sealed partial class QueueGrain
{
    /// <summary>The search for the oldest pack goes over all of them, so a long queue is not searched at every tick.</summary>
    private static readonly TimeSpan SearchEvery = TimeSpan.FromSeconds(10);

    private DateTimeOffset? _oldest;
    private TimeSpan _searched;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        instruments.Forget(Pool);
        return Task.CompletedTask;
    }

    private void Show()
    {
        var waiting = _book.Waiting;
        if (waiting == 0) _oldest = null;
        else if (_oldest is null || Now - _searched >= SearchEvery)
            (_oldest, _searched) = (_book.OldestWaiting is { } oldest ? time.GetUtcNow() - (Now - oldest) : null, Now);
        instruments.Show(Pool, new QueueLevels(waiting, _book.Leasable, _book.Leased, _oldest, _silos.Quarantined(Now).Count));
    }
}
