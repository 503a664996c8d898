namespace AdaptCluster.Connections;

/// <summary>
/// Ends calls whose answer cannot come any more, because every connection to a gateway has closed, or that nobody waits for. By itself
/// Orleans' client waits for the answer for as long as the call may take, which is ten minutes for a submission.
/// </summary>
/// <param name="where">What was joined, for errors.</param>
/// <param name="isFinal">
/// Whether calls are refused after a loss, instead of sent by a new connection: whoever listens on the port of a single silo that has left
/// is another silo.
/// </param>
/// <param name="cancellation">Gives the calls up.</param>
internal sealed class ConnectionWatch(string where, bool isFinal, CancellationToken cancellation)
    : IClusterConnectionStatusObserver, IOutgoingGrainCallFilter
{
    private TaskCompletionSource _lost = NewSource();

    /// <summary>Ends when the last open connection closes, also one by which nobody has answered yet.</summary>
    public Task Lost => Volatile.Read(ref _lost).Task;

    /// <summary>What a caller is told after a loss.</summary>
    public ConnectionLostException Error =>
        new($"the silo at {where} has closed the connection; try again when another one has taken its place");

    /// <inheritdoc/>
    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
        // The loss of one gateway of several leaves a way for answers.
    }

    /// <inheritdoc/>
    public void NotifyClusterConnectionLost() =>
        (isFinal ? _lost : Interlocked.Exchange(ref _lost, NewSource())).TrySetResult();

    /// <inheritdoc/>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        // Taken before the call is sent, so that no loss in between is missed.
        var lost = Lost;
        if (lost.IsCompleted) throw Error;
        var call = context.Invoke();
        call.Ignore();
        if (await Task.WhenAny(call, lost).WaitAsync(cancellation) != call && !call.IsCompleted) throw Error;
        await call;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
