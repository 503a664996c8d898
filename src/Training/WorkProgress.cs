namespace AdaptCluster.Training;

/// <summary>
/// Reports the progress of long-running work before the first iteration, such as hashing a data set or encoding a thousand texts. The
/// observer follows the caller's asynchronous flow, including threads started in it, so code that reads files needs no parameter for the
/// observer.
/// </summary>
public static class WorkProgress
{
    private static readonly AsyncLocal<Action?> Current = new();

    /// <summary>The observer for the current flow; null if none is set.</summary>
    public static Action? Observer => Current.Value;

    /// <summary>Sets the observer for the current flow until the returned object is disposed.</summary>
    /// <param name="report">The observer, which is called from any thread after each file, tensor or block; null for none.</param>
    public static IDisposable Observe(Action? report)
    {
        var before = Current.Value;
        Current.Value = report;
        return new ObserverScope(before);
    }

    /// <summary>Reports progress.</summary>
    internal static void Report() => Current.Value?.Invoke();

    /// <summary>Wraps a stream so that each read reports progress.</summary>
    public static Stream Track(Stream stream) => Current.Value is null ? stream : new ProgressStream(stream);

    private sealed class ObserverScope(Action? before) : IDisposable
    {
        public void Dispose() => Current.Value = before;
    }

    private sealed class ProgressStream(Stream inner) : Stream
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
            Report();
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
