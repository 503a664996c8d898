using System.Runtime.ExceptionServices;

namespace AdaptCluster.Training.Data.Caching;

/// <summary>A batch of images that several threads prepare independently.</summary>
internal sealed class PreparedImages
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly byte[] _pixels;
    private (int Position, Exception Error)? _first;
    private int _left;

    /// <summary>Initializes the batch and starts to prepare its images.</summary>
    /// <param name="threads">The threads that prepare the images.</param>
    /// <param name="indices">The positions of the images in the split.</param>
    /// <param name="pixels">The buffer for their pixels.</param>
    /// <param name="imageBytes">The length of an image in bytes; 0 for images that are only checked.</param>
    /// <param name="prepare">Writes the pixels of one image.</param>
    /// <param name="cancellation">Checked before each image.</param>
    internal PreparedImages(ImageThreads threads, int[] indices, byte[] pixels, int imageBytes, Preparation prepare,
        CancellationToken cancellation)
    {
        (Indices, _pixels, _left) = (indices, pixels, indices.Length);
        if (indices.Length == 0)
        {
            _done.SetResult();
            return;
        }
        // Progress is reported to the thread that waits for this work, although other threads do the work.
        var moved = WorkProgress.Observer;
        for (var i = 0; i < indices.Length; i++)
        {
            var position = i;
            threads.Add(() => One(position, imageBytes, prepare, moved, cancellation));
        }
    }

    /// <summary>The positions of the images in the split.</summary>
    internal int[] Indices { get; }

    /// <summary>Waits until all threads have finished with the images.</summary>
    /// <returns>The buffer, which can now be reused.</returns>
    internal byte[] End()
    {
        _done.Task.GetAwaiter().GetResult();
        return _pixels;
    }

    /// <summary>
    /// Waits for the pixels. If several images fail, throws the error of the first of them in image order, as if the images were read one
    /// by one.
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
        // The error of an image is rethrown on the waiting thread.
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
