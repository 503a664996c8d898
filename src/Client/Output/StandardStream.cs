using AdaptCluster.Contracts;

namespace AdaptCluster.Client.Output;

/// <summary>
/// Standard output or standard error of the process. If standard output is closed or its disk is full, a write fails with a clear message.
/// Writes to a broken standard error are dropped, since nobody can read them.
/// </summary>
internal sealed class StandardStream(Stream stream, bool isOutput) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Makes the console writers of this process write through this class.</summary>
    public static void Install()
    {
        Console.SetOut(Writer(new StandardStream(Console.OpenStandardOutput(), isOutput: true)));
        Console.SetError(Writer(new StandardStream(Console.OpenStandardError(), isOutput: false)));
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            stream.Write(buffer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (isOutput)
                throw new AdaptClusterException(
                    $"cannot write to standard output ({error.Message.TrimEnd('.')}); is it closed, or is the disk full?", error);
        }
    }

    public override void Flush() => stream.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static StreamWriter Writer(StandardStream stream) => new(stream, Console.OutputEncoding, bufferSize: 256) { AutoFlush = true };
}
