namespace AdaptCluster.Training.Data;

/// <summary>
/// Bounds the memory that all threads of the process take together while they read and decode images. A thread takes its whole share at
/// once: one that held a part and waited for the rest could keep others waiting for ever.
/// </summary>
/// <param name="bytes">The bound. An image that needs more is decoded alone.</param>
internal sealed class DecodeBudget(long bytes)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(long Bytes, ManualResetEventSlim Turn)> _waiting = [];
    private long _taken;

    /// <summary>The most bytes that were taken at one time.</summary>
    public long Peak { get; private set; }

    /// <summary>The budget of the process: one gibibyte.</summary>
    public static DecodeBudget Shared { get; } = new(1L << 30);

    /// <summary>Waits, first come first served, until the memory is free.</summary>
    /// <param name="wanted">Bytes.</param>
    /// <returns>Gives the memory back when it is disposed.</returns>
    public IDisposable Take(long wanted)
    {
        var share = Math.Min(wanted, bytes);
        ManualResetEventSlim turn;
        lock (_gate)
        {
            if (_waiting.Count == 0 && _taken + share <= bytes)
            {
                Add(share);
                return new Share(this, share);
            }
            turn = new ManualResetEventSlim();
            _waiting.AddLast((share, turn));
        }
        using (turn) turn.Wait();
        return new Share(this, share);
    }

    private void Add(long share)
    {
        _taken += share;
        Peak = Math.Max(Peak, _taken);
    }

    private void Return(long share)
    {
        lock (_gate)
        {
            _taken -= share;
            while (_waiting.First is { Value: var next } && _taken + next.Bytes <= bytes)
            {
                _waiting.RemoveFirst();
                Add(next.Bytes);
                next.Turn.Set();
            }
        }
    }

    private sealed class Share(DecodeBudget budget, long taken) : IDisposable
    {
        public void Dispose() => budget.Return(taken);
    }
}
