using System.IO.Compression;

namespace AdaptCluster.Client.Tests.Fetching;

/// <summary>Zip archives as tests need them.</summary>
internal static class Archives
{
    /// <summary>Makes an archive.</summary>
    /// <param name="entries">Paths and contents; a path that ends with a slash is a folder's.</param>
    /// <param name="change">Changes an entry before it is written.</param>
    /// <param name="level">How it is packed.</param>
    public static byte[] Of(
        IEnumerable<(string Path, byte[] Content)> entries, Action<ZipArchiveEntry>? change = null,
        CompressionLevel level = CompressionLevel.Fastest)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in entries)
            {
                var entry = zip.CreateEntry(path, level);
                change?.Invoke(entry);
                if (path.EndsWith('/')) continue;
                using var stream = entry.Open();
                stream.Write(content);
            }
        }
        return bytes.ToArray();
    }

    /// <summary>All files below a folder, with their paths from the folder above it.</summary>
    public static byte[] OfFolder(string folder) => Of(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file =>
        (Path.GetRelativePath(Path.GetDirectoryName(folder)!, file).Replace('\\', '/'), File.ReadAllBytes(file))));
}
