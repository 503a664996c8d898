namespace AdaptCluster.Training;

/// <summary>
/// Reports progress of long work before the first iteration, such as hashing a data set or encoding a thousand texts, to those who wait for
/// it. The watcher follows the caller's asynchronous flow, including threads started by it, so that no reader needs a parameter for it.
/// </summary>
public static class LongWork
{
    private static readonly AsyncLocal<Action?> Watcher = new();

    /// <summary>The watcher of the current flow; null for none.</summary>
    public static Action? Watching => Watcher.Value;

    /// <summary>Sets the watcher of the current flow until the returned object is disposed.</summary>
    /// <param name="moved">Called after each file, tensor or block, from any thread.</param>
    public static IDisposable Watch(Action? moved)
    {
        var before = Watcher.Value;
        Watcher.Value = moved;
        return new Watched(before);
    }

    /// <summary>Reports progress.</summary>
    internal static void Moved() => Watcher.Value?.Invoke();

    /// <summary>Wraps a stream so that each read reports progress.</summary>
    public static Stream Reading(Stream stream) => Watcher.Value is null ? stream : new WatchedStream(stream);

    private sealed class Watched(Action? before) : IDisposable
    {
        public void Dispose() => Watcher.Value = before;
    }

    private sealed class WatchedStream(Stream inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => inner.Length;
        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            Moved();
            return read;
        }

        public override void Flush() => inner.Flush();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
