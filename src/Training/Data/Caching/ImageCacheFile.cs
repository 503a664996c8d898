using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace AdaptCluster.Training.Data.Caching;

/// <summary>
/// A cache file for prepared images of equal length, each in its own slot. Only this process uses the file. The file is deleted when it is
/// closed or, if the process is killed, by the next process. Each slot begins with the file's id, the image's number and a hash of the
/// image's bytes, which are verified when the image is read. Threads may access different slots concurrently.
/// </summary>
internal sealed class ImageCacheFile : IDisposable
{
    private const string Pattern = "images-*.kept";

    /// <summary>The length of a slot's header: the file's id, the image's number and the hash.</summary>
    private const int HeaderBytes = 16 + sizeof(long) + SHA256.HashSizeInBytes;

    private readonly Guid _number = Guid.NewGuid();
    private readonly int _length;

    /// <summary>Initializes an empty cache file.</summary>
    /// <param name="folder">The folder, which is created if it does not exist.</param>
    /// <param name="length">The length of an image in bytes.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    internal ImageCacheFile(string folder, int length)
    {
        _length = length;
        Directory.CreateDirectory(folder);
        DeleteLeftovers(folder);
        // Opened without sharing, so that another process can tell that the file is in use.
        Handle = File.OpenHandle(Path.Combine(folder, $"images-{_number:N}.kept"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
            FileOptions.DeleteOnClose | FileOptions.RandomAccess);
    }

    /// <summary>The open file.</summary>
    internal SafeFileHandle Handle { get; }

    /// <summary>The length of a slot in bytes, including the header.</summary>
    internal long PlaceBytes => PlaceBytesOf(_length);

    /// <summary>Returns the length of a slot in bytes, including the header, for an image of a given length.</summary>
    internal static long PlaceBytesOf(int length) => HeaderBytes + length;

    /// <summary>The number of slots.</summary>
    internal int Places { get; private set; }

    /// <summary>The empty slots.</summary>
    internal Stack<int> Free { get; } = new();

    /// <summary>Adds a slot at the end and returns its position.</summary>
    internal int AddPlace() => Places++;

    /// <summary>Writes an image to a slot.</summary>
    /// <returns>False if the disk is full or unavailable.</returns>
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

    /// <summary>Reads an image from a slot.</summary>
    /// <returns>False if the slot does not contain the complete image.</returns>
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
                // A running process is using it.
            }
        }
    }
}
