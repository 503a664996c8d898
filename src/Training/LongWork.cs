namespace AdaptCluster.Training;

/// <summary>
/// Work that takes long before the first iteration, such as the hash of a data set or the features of a thousand texts: whoever waits for
/// it hears that it gets on. It follows the flow of the caller, into the threads that it starts as well, so that no reader needs a
/// parameter for it.
/// </summary>
public static class LongWork
{
    private static readonly AsyncLocal<Action?> Watcher = new();

    /// <summary>Who hears of the work of this flow; null for nobody.</summary>
    public static Action? Watching => Watcher.Value;

    /// <summary>Lets somebody hear of the work of this flow until the answer is disposed.</summary>
    /// <param name="moved">Called for each file, tensor or block that is done, from any thread.</param>
    public static IDisposable Watch(Action? moved)
    {
        var before = Watcher.Value;
        Watcher.Value = moved;
        return new Watched(before);
    }

    /// <summary>The work got on.</summary>
    internal static void Moved() => Watcher.Value?.Invoke();

    /// <summary>Tells the watcher of every part of a stream that is read.</summary>
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
