namespace AdaptCluster.Silo.Workers;

/// <summary>
/// How far the jobs of a worker are: a count that grows with each iteration, decoded image and evaluated batch, and while reports wait for the store. What
/// renews a lease tells it to the queue, which takes back a lease whose worker lives and gets nowhere.
/// </summary>
/// <param name="onMoved">Hears of each step.</param>
internal sealed class TrainingProgress(Action? onMoved = null)
{
    private long _count;

    /// <summary>The count.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The jobs got on.</summary>
    public void Move()
    {
        Interlocked.Increment(ref _count);
        onMoved?.Invoke();
    }
}
