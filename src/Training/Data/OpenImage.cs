using AdaptCluster.Contracts;
using Microsoft.Win32.SafeHandles;

namespace AdaptCluster.Training.Data;

/// <summary>An open image file. The first bytes are read when the file is opened, the rest on request.</summary>
internal sealed class OpenImage : IDisposable
{
    /// <summary>The number of bytes to read when a file is opened: enough for the header of nearly every file.</summary>
    private const int HeadBytes = 64 << 10;

    private const int TailBytes = 4 << 10;

    private readonly SafeFileHandle _file;

    /// <summary>Opens an image file.</summary>
    /// <exception cref="InvalidInputException">The file is missing, empty, too large, not a regular file, or cannot be read; the message
    /// names it.</exception>
    public OpenImage(string path)
    {
        Path = path;
        if (FileKind.Problem(path) is { } problem) throw new InvalidInputException($"{path} {problem}; replace or remove it.");
        var info = new FileInfo(path);
        if (!info.Exists) throw new InvalidInputException($"{path} does not exist.");
        if (info.Length == 0) throw new InvalidInputException($"{path} is empty; replace or remove the file.");
        if (info.Length > ImageFile.MaxFileBytes)
        {
            throw new InvalidInputException(
                $"{path} has {info.Length} bytes; the limit is {ImageFile.MaxFileBytes}. Scale the image down.");
        }
        _file = Readable(() => File.OpenHandle(path));
        Length = info.Length;
        try
        {
            Head = Read(0, Math.Min(Length, HeadBytes));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The path of the file.</summary>
    public string Path { get; }

    /// <summary>The length of the file in bytes.</summary>
    public long Length { get; }

    /// <summary>The first bytes of the file; for a small file, all bytes.</summary>
    public byte[] Head { get; }

    /// <summary>Reads the last bytes of the file.</summary>
    /// <exception cref="InvalidInputException">The file cannot be read.</exception>
    public byte[] Tail() => Read(Math.Max(0, Length - TailBytes), Math.Min(Length, TailBytes));

    /// <summary>Reads the whole file.</summary>
    /// <exception cref="InvalidInputException">The file cannot be read.</exception>
    public byte[] All() => Head.Length == Length ? Head : Read(0, Length);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private byte[] Read(long position, long length) => Readable(() =>
    {
        var bytes = new byte[length];
        var read = 0;
        for (int got; read < bytes.Length && (got = RandomAccess.Read(_file, bytes.AsSpan(read), position + read)) > 0;) read += got;
        return read == bytes.Length ? bytes : bytes[..read];
    });

    private T Readable<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{Path} cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }
}
