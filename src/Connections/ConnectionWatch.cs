namespace AdaptCluster.Connections;

/// <summary>
/// Ends calls that can no longer get a response because every gateway connection has closed, and calls that were cancelled. The Orleans
/// client itself would wait for the full timeout of the call, which is ten minutes for a submission.
/// </summary>
/// <param name="where">The address that the client has joined, for error messages.</param>
/// <param name="isFinal">Whether to refuse calls after a loss instead of sending them over a new connection. After a standalone silo has
/// left, another silo may be listening on its port.</param>
/// <param name="cancellation">A token that cancels the calls.</param>
internal sealed class ConnectionWatch(string where, bool isFinal, CancellationToken cancellation)
    : IClusterConnectionStatusObserver, IOutgoingGrainCallFilter
{
    private TaskCompletionSource _lost = NewSource();

    /// <summary>A task that completes when the last open connection closes, even if no response has come through it yet.</summary>
    public Task Lost => Volatile.Read(ref _lost).Task;

    /// <summary>The error that callers receive after a loss.</summary>
    public ConnectionLostException Error =>
        new($"the silo at {where} has closed the connection; try again once another silo has replaced it");

    /// <inheritdoc/>
    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
        // While other gateways remain, responses can still arrive.
    }

    /// <inheritdoc/>
    public void NotifyClusterConnectionLost() =>
        (isFinal ? _lost : Interlocked.Exchange(ref _lost, NewSource())).TrySetResult();

    /// <inheritdoc/>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        // Read before the call is sent, so that a loss during the call is not missed.
        var lost = Lost;
        if (lost.IsCompleted) throw Error;
        var call = context.Invoke();
        call.Ignore();
        if (await Task.WhenAny(call, lost).WaitAsync(cancellation) != call && !call.IsCompleted) throw Error;
        await call;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
