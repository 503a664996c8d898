namespace AdaptCluster.Training.Data.Kept;

/// <summary>
/// The threads of the process on which images are decoded and resized. They are not those of the thread pool, on which a silo renews its
/// leases: its calls would wait behind thousands of images. A thread that has had nothing to do for a while ends.
/// </summary>
/// <param name="most">Threads at most.</param>
internal sealed class ImageThreads(int most)
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private int _threads, _idle;

    /// <summary>One for each processor that the process may use, in a container those of its limit.</summary>
    public static ImageThreads Shared { get; } = new(Environment.ProcessorCount);

    /// <summary>Threads that are alive.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _threads;
        }
    }

    /// <summary>Runs some work, first come first served.</summary>
    /// <param name="work">Throws nothing.</param>
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
        // Nothing of the caller flows into a thread that works for others too.
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
