namespace AdaptCluster.Silo.Workers;

/// <summary>
/// How far the jobs of a worker are: a count that grows with each iteration, decoded image and evaluated batch, and while reports wait for
/// the store. What renews a lease tells it to the queue, which takes back a lease whose worker lives and gets nowhere.
/// </summary>
/// <param name="onMoved">Hears of each step.</param>
internal sealed class TrainingProgress(Action? onMoved = null)
{
    /// <summary>How often a wait for the cluster counts.</summary>
    internal static readonly TimeSpan WaitPeriod = TimeSpan.FromSeconds(1);

    private long _count;

    /// <summary>The count.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The jobs got on.</summary>
    public void Move()
    {
        Interlocked.Increment(ref _count);
        onMoved?.Invoke();
    }

    /// <summary>Waits for a call to a grain, which ends by its time-out: it is no standstill of the jobs.</summary>
    public async Task<T> DuringAsync<T>(Task<T> call)
    {
        while (!call.IsCompleted && await Task.WhenAny(call, Task.Delay(WaitPeriod)) != call) Move();
        return await call;
    }
}
