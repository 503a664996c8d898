using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Silo.Workers;

/// <summary>What the queue, or the end of the silo, says to the jobs of one lease.</summary>
internal sealed class LeaseSignals(CancellationToken siloStops) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(siloStops);
    private volatile bool _draining;

    /// <summary>Cancelled when the jobs shall stop within one iteration.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Whether no job is begun after the current one.</summary>
    public bool Draining => _draining;

    /// <summary>Takes an answer to a renewal in.</summary>
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
