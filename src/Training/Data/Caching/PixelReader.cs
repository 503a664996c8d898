namespace AdaptCluster.Training.Data.Caching;

/// <summary>
/// Reads images in batches, in order. Other threads prepare the next batches while the caller processes one. Not thread-safe.
/// <c>Dispose</c> waits until the other threads have stopped preparing batches for this reader.
/// </summary>
internal sealed class PixelReader : IDisposable
{
    /// <summary>The number of batches that are prepared ahead of the caller.</summary>
    private const int Ahead = 2;

    private readonly ImageThreads _threads;
    private readonly IEnumerator<int[]> _batches;
    private readonly int _imageBytes;
    private readonly PreparedImages.Preparation _prepare;
    private readonly CancellationTokenSource _cancellation;
    private readonly Queue<PreparedImages> _waiting = new();
    private readonly Stack<byte[]> _free = new();
    private byte[]? _lent;

    /// <summary>Initializes the reader and starts to prepare the first batches.</summary>
    /// <param name="threads">The threads that prepare images.</param>
    /// <param name="batches">For each batch, the positions of its images in the split.</param>
    /// <param name="imageBytes">The length of a prepared image in bytes.</param>
    /// <param name="prepare">Writes the pixels of one image.</param>
    /// <param name="cancellation">Checked before each image.</param>
    internal PixelReader(ImageThreads threads, IEnumerable<int[]> batches, int imageBytes, PreparedImages.Preparation prepare,
        CancellationToken cancellation)
    {
        (_threads, _batches, _imageBytes, _prepare) = (threads, batches.GetEnumerator(), imageBytes, prepare);
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        while (_waiting.Count < Ahead && Begin())
        {
        }
    }

    /// <summary>Waits for the next batch and returns it; null after the last batch. The pixels are valid until the next call.</summary>
    internal (int[] Indices, ReadOnlyMemory<byte> Pixels)? Next()
    {
        if (_lent is not null) _free.Push(_lent);
        _lent = null;
        Begin();
        if (!_waiting.TryDequeue(out var next)) return null;
        _lent = next.End();
        next.Wait();
        return (next.Indices, _lent.AsMemory(0, next.Indices.Length * _imageBytes));
    }

    public void Dispose()
    {
        _cancellation.Cancel();
        foreach (var batch in _waiting) batch.End();
        _cancellation.Dispose();
        _batches.Dispose();
    }

    private bool Begin()
    {
        if (!_batches.MoveNext()) return false;
        var (indices, length) = (_batches.Current, _batches.Current.Length * _imageBytes);
        // The last batch may be smaller; a batch that is larger than the earlier ones gets a new buffer.
        if (!_free.TryPop(out var room) || room.Length < length) room = new byte[length];
        _waiting.Enqueue(new PreparedImages(_threads, indices, room, _imageBytes, _prepare, _cancellation.Token));
        return true;
    }
}
