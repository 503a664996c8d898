using System.Runtime.ExceptionServices;

namespace AdaptCluster.Training.Data.Kept;

/// <summary>Images that threads prepare, each by itself.</summary>
internal sealed class PreparedImages
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly byte[] _pixels;
    private (int Position, Exception Error)? _first;
    private int _left;

    /// <summary>Begins.</summary>
    /// <param name="threads">Where.</param>
    /// <param name="indices">The images.</param>
    /// <param name="pixels">Room for them.</param>
    /// <param name="imageBytes">Bytes of each; 0 for images that are only looked at.</param>
    /// <param name="prepare">Writes the pixels of one.</param>
    /// <param name="cancellation">Looked at before each image.</param>
    internal PreparedImages(ImageThreads threads, int[] indices, byte[] pixels, int imageBytes, Preparation prepare,
        CancellationToken cancellation)
    {
        (Indices, _pixels, _left) = (indices, pixels, indices.Length);
        if (indices.Length == 0)
        {
            _done.SetResult();
            return;
        }
        // Whoever waits for this work hears that it gets on, though the threads are not its own.
        var moved = LongWork.Watching;
        for (var i = 0; i < indices.Length; i++)
        {
            var position = i;
            threads.Add(() => One(position, imageBytes, prepare, moved, cancellation));
        }
    }

    /// <summary>The images.</summary>
    internal int[] Indices { get; }

    /// <summary>Waits until nobody works on them any more.</summary>
    /// <returns>Their pixels, which may be written to again then.</returns>
    internal byte[] End()
    {
        _done.Task.GetAwaiter().GetResult();
        return _pixels;
    }

    /// <summary>
    /// Waits for the pixels. Of several errors the first in the images' order is thrown, as if they were read one by one.
    /// </summary>
    internal byte[] Wait()
    {
        _done.Task.GetAwaiter().GetResult();
        if (_first is { Error: var error }) ExceptionDispatchInfo.Throw(error);
        return _pixels;
    }

    private void One(int position, int imageBytes, Preparation prepare, Action? moved, CancellationToken cancellation)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            prepare(Indices[position], _pixels.AsSpan(position * imageBytes, imageBytes));
            moved?.Invoke();
        }
        // The boundary of an image: whoever waits for it gets the error.
        catch (Exception e)
        {
            lock (_gate)
            {
                if (_first is not { } known || position < known.Position) _first = (position, e);
            }
        }
        if (Interlocked.Decrement(ref _left) == 0) _done.SetResult();
    }

    /// <summary>Writes the pixels of the image at a position.</summary>
    internal delegate void Preparation(int index, Span<byte> pixels);
}
