using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Silo.Workers;

/// <summary>Passes the queue's stop and drain signals, and the silo's shutdown, to the jobs of one lease.</summary>
internal sealed class LeaseSignals(CancellationToken siloStops) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(siloStops);
    private volatile bool _draining;

    /// <summary>Cancelled when the jobs must stop within one iteration.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Whether no further jobs should start after the current ones.</summary>
    public bool Draining => _draining;

    /// <summary>Applies the directive from a renewal.</summary>
    public async Task FollowAsync(LeaseDirective directive)
    {
        if (directive == LeaseDirective.Drain) _draining = true;
        else if (directive is LeaseDirective.Stop or LeaseDirective.Lost) await StopAsync();
    }

    /// <summary>Stops the jobs.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();
}
