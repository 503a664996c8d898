namespace AdaptCluster.Training.Data.Caching;

/// <summary>
/// The threads of this process that decode and resize images. They are separate from the thread pool, on which a silo renews its leases;
/// otherwise, renewals would wait for thousands of images. A thread exits when it has been idle for a while.
/// </summary>
/// <param name="most">The maximum number of threads.</param>
internal sealed class ImageThreads(int most)
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private int _threads, _idle;

    /// <summary>
    /// The instance that the whole process shares. It has one thread per available processor, and respects the CPU limit of a container.
    /// </summary>
    public static ImageThreads Shared { get; } = new(Environment.ProcessorCount);

    /// <summary>The current number of threads, including idle threads.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _threads;
        }
    }

    /// <summary>Queues a work item. Items start in order of arrival.</summary>
    /// <param name="work">The work item, which must not throw.</param>
    public void Add(Action work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            if (_idle >= _work.Count)
            {
                Monitor.Pulse(_gate);
                return;
            }
            if (_threads == most) return;
            _threads++;
        }
        // The caller's execution context must not flow into a thread that also serves other callers.
        new Thread(Work) { IsBackground = true, Name = "images" }.UnsafeStart();
    }

    private void Work()
    {
        while (Next() is { } work) work();
    }

    private Action? Next()
    {
        lock (_gate)
        {
            while (_work.Count == 0)
            {
                _idle++;
                var called = Monitor.Wait(_gate, IdleTime);
                _idle--;
                if (called || _work.Count > 0) continue;
                _threads--;
                return null;
            }
            return _work.Dequeue();
        }
    }
}
