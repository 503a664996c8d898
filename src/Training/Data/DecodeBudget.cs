namespace AdaptCluster.Training.Data;

/// <summary>
/// Limits the memory that all threads of the process use to read and decode images. A thread reserves all the memory for an image at once,
/// because threads that hold a part while waiting for the rest could deadlock.
/// </summary>
/// <param name="bytes">The limit in bytes. An image that needs more memory is decoded when no other image is being decoded.</param>
internal sealed class DecodeBudget(long bytes)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(long Bytes, ManualResetEventSlim Turn)> _waiting = [];
    private long _taken;

    /// <summary>The peak number of bytes in use.</summary>
    public long Peak { get; private set; }

    /// <summary>The budget of this process: 1 GiB.</summary>
    public static DecodeBudget Shared { get; } = new(1L << 30);

    /// <summary>Waits until the memory is available and reserves it. Requests are served in order of arrival.</summary>
    /// <param name="wanted">The number of bytes needed.</param>
    /// <returns>An object that releases the memory when it is disposed.</returns>
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
