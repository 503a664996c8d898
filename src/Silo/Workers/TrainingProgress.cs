namespace AdaptCluster.Silo.Workers;

/// <summary>
/// The progress of a worker's jobs. It is a counter that increases with each iteration, decoded image and evaluated batch, and while
/// reports wait for the store. Lease renewals send it to the queue, which takes back the lease if it stops increasing.
/// </summary>
/// <param name="onMoved">Called whenever progress is recorded.</param>
internal sealed class TrainingProgress(Action? onMoved = null)
{
    /// <summary>The interval at which progress is recorded while a call to the cluster is pending.</summary>
    internal static readonly TimeSpan WaitPeriod = TimeSpan.FromSeconds(1);

    private long _count;

    /// <summary>The current value of the counter.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Records progress.</summary>
    public void Move()
    {
        Interlocked.Increment(ref _count);
        onMoved?.Invoke();
    }

    /// <summary>Waits for a grain call and counts the wait as progress. The call's own timeout limits the wait.</summary>
    public async Task<T> DuringAsync<T>(Task<T> call)
    {
        while (!call.IsCompleted && await Task.WhenAny(call, Task.Delay(WaitPeriod)) != call) Move();
        return await call;
    }
}
