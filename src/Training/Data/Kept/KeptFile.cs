using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace AdaptCluster.Training.Data.Kept;

/// <summary>
/// A file of prepared images of one length, each in a place of its own. It belongs to this process alone, which deletes it when it is
/// closed; one that a killed process has left is deleted by the next. What is read must be what was written: each place begins with the
/// file's own number, the image's, and a hash of its bytes. Safe for use from several threads, each in its own places.
/// </summary>
internal sealed class KeptFile : IDisposable
{
    private const string Pattern = "images-*.kept";

    /// <summary>The file's number, the image's, and the hash.</summary>
    private const int HeaderBytes = 16 + sizeof(long) + SHA256.HashSizeInBytes;

    private readonly Guid _number = Guid.NewGuid();
    private readonly int _length;

    /// <summary>Creates the file.</summary>
    /// <param name="folder">Where; it is made if it is not there.</param>
    /// <param name="length">Bytes of an image.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    internal KeptFile(string folder, int length)
    {
        _length = length;
        Directory.CreateDirectory(folder);
        DeleteLeftovers(folder);
        // Not shared, which the system knows of: another process sees by it that the file is in use.
        Handle = File.OpenHandle(Path.Combine(folder, $"images-{_number:N}.kept"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
            FileOptions.DeleteOnClose | FileOptions.RandomAccess);
    }

    /// <summary>The open file.</summary>
    internal SafeFileHandle Handle { get; }

    /// <summary>Bytes of an image and of what stands before it.</summary>
    internal long PlaceBytes => PlaceBytesOf(_length);

    /// <summary>Bytes that an image of a length takes.</summary>
    internal static long PlaceBytesOf(int length) => HeaderBytes + length;

    /// <summary>Places that there are.</summary>
    internal int Places { get; private set; }

    /// <summary>Places that hold nothing.</summary>
    internal Stack<int> Free { get; } = new();

    /// <summary>A place behind the last one.</summary>
    internal int AddPlace() => Places++;

    /// <summary>Writes an image.</summary>
    /// <returns>False where the disk is full or away.</returns>
    internal bool TryWrite(int place, long image, ReadOnlySpan<byte> pixels)
    {
        var bytes = new byte[PlaceBytes];
        WriteHeader(bytes, image, pixels);
        pixels.CopyTo(bytes.AsSpan(HeaderBytes));
        try
        {
            RandomAccess.Write(Handle, bytes, place * PlaceBytes);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Reads an image.</summary>
    /// <returns>False where the place does not hold it whole.</returns>
    internal bool TryRead(int place, long image, Span<byte> pixels)
    {
        Span<byte> found = stackalloc byte[HeaderBytes], expected = stackalloc byte[HeaderBytes];
        try
        {
            if (!Fill(found, place * PlaceBytes) || !Fill(pixels, (place * PlaceBytes) + HeaderBytes)) return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return false;
        }
        WriteHeader(expected, image, pixels);
        return found.SequenceEqual(expected);
    }

    public void Dispose() => Handle.Dispose();

    private void WriteHeader(Span<byte> header, long image, ReadOnlySpan<byte> pixels)
    {
        _number.TryWriteBytes(header);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], image);
        SHA256.HashData(pixels, header[(16 + sizeof(long))..]);
    }

    private bool Fill(Span<byte> bytes, long from)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(Handle, bytes, from);
            if (read == 0) return false;
            bytes = bytes[read..];
            from += read;
        }
        return true;
    }

    private static void DeleteLeftovers(string folder)
    {
        foreach (var left in Directory.EnumerateFiles(folder, Pattern))
        {
            try
            {
                using var unused = File.OpenHandle(left, access: FileAccess.ReadWrite, share: FileShare.None,
                    options: FileOptions.DeleteOnClose);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A living process has it.
            }
        }
    }
}
