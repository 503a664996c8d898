using System.IO.Compression;
using System.IO.Hashing;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>Unpacks a data set's archive into a temporary folder.</summary>
/// <param name="set">The expected contents and limits.</param>
/// <param name="progress">The object that receives the progress.</param>
internal sealed class Unpacking(FetchSet set, IFetchProgress progress)
{
    /// <summary>Unpacks an archive.</summary>
    /// <param name="archive">The archive's path.</param>
    /// <param name="into">The folder to unpack into, which is created.</param>
    /// <param name="checkSpace">
    /// A callback that throws if there is not enough space. It is called with the unpacked size before anything is written.
    /// </param>
    /// <param name="cancellation">A token that cancels the unpacking.</param>
    /// <returns>The unpacked files.</returns>
    /// <exception cref="ArchiveException">The archive is damaged or must not be unpacked; the message states the problem.</exception>
    /// <exception cref="AdaptClusterException">A file cannot be written.</exception>
    public async Task<ArchiveFiles> RunAsync(string archive, string into, Action<long> checkSpace, CancellationToken cancellation)
    {
        try
        {
            await using var stream = new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            if (ArchiveDirectory.HasMoreThan(stream, set.MostFiles)) throw ArchiveFiles.TooMany(archive, set);
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            var files = ArchiveFiles.Of(zip, archive, stream.Length, set);
            checkSpace(files.Bytes);
            var done = 0L;
            foreach (var (entry, path) in files.Files)
            {
                var target = Path.Combine(into, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                done += await WriteAsync(entry, target, archive, cancellation);
                progress.Report(done, files.Bytes);
            }
            await CheckContentsAsync(archive, Path.Combine(into, set.Folder), cancellation);
            return files;
        }
        catch (InvalidDataException e)
        {
            throw Damaged(archive, $"it is not a complete zip archive ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>Writes one entry, which must match the size and CRC stated by the archive.</summary>
    private static async Task<long> WriteAsync(ZipArchiveEntry entry, string target, string archive, CancellationToken cancellation)
    {
        var (crc, length, buffer) = (new Crc32(), 0L, new byte[64 << 10]);
        try
        {
            // Nothing is overwritten: the folder is new, and no path occurs twice.
            await using var file = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
            await using var content = await entry.OpenAsync(cancellation);
            for (int read; (read = await content.ReadAsync(buffer, cancellation)) > 0;)
            {
                length += read;
                if (length > entry.Length) break;
                crc.Append(buffer.AsSpan(0, read));
                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
        }
        catch (IOException e)
        {
            throw new AdaptClusterException(
                $"{target}: cannot be written ({e.Message.TrimEnd('.')}); the archive is kept. Run the same command again to "
                    + "resume.", e);
        }
        var name = PrintableText.OneLine(entry.FullName);
        if (length != entry.Length) throw Damaged(archive, $"'{name}' does not have the {entry.Length:N0} bytes that its header states");
        if (crc.GetCurrentHashAsUInt32() != entry.Crc32) throw Damaged(archive, $"'{name}' is damaged (its CRC-32 differs)");
        return length;
    }

    private async Task CheckContentsAsync(string archive, string folder, CancellationToken cancellation)
    {
        foreach (var (relative, expected) in set.Contents)
        {
            var path = Path.Combine(folder, relative);
            if (!File.Exists(path)) throw Damaged(archive, $"it does not contain {set.Folder}/{relative}");
            var hash = await PartFile.HashAsync(path, cancellation);
            if (!string.Equals(hash, expected, StringComparison.OrdinalIgnoreCase))
                throw Damaged(archive, $"{set.Folder}/{relative} has the SHA-256 {hash}, not {expected}");
        }
    }

    private static ArchiveException Damaged(string archive, string why, Exception? inner = null) =>
        new($"{archive}: refused: {why}", inner);
}
