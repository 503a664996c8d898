using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data.Caching;

namespace AdaptCluster.Silo.Configuration;

/// <summary>
/// The size limits for a silo's cache of decoded and resized test and validation images. All workers of the silo share the cache.
/// </summary>
public sealed record ImageSettings
{
    /// <summary>The subfolder of the home folder that contains the cache file.</summary>
    private const string CacheFolder = "cache";

    /// <summary>The divisors for the default sizes, which are an eighth of the memory limit and a quarter of the free disk space.</summary>
    private const int ShareOfMemory = 8, ShareOfDisk = 4;

    /// <summary>
    /// The upper bound on the file's default maximum size, in bytes. The test images of all eleven data sets fit at 224 pixels.
    /// </summary>
    private const long MostOfDisk = 32L << 30;

    /// <summary>
    /// The maximum size of the images in memory, in bytes (Images:MemoryMiB); 0 to keep no images in memory. Default: an eighth of the
    /// process's memory limit.
    /// </summary>
    [Setting("Images:MemoryMiB", "an eighth of the memory",
        "memory for decoded and resized validation and test images, 0.14 MiB each at 224 pixels, so that later jobs need not decode "
        + "them again; 0 for none. Results do not depend on it")]
    public long? MemoryBytes { get; init; }

    /// <summary>
    /// The maximum size, in bytes, of the file for images that do not fit in memory (Images:FileMiB); 0 for no file. Default: a quarter of
    /// the free space on the home folder's disk, at most 32 GiB.
    /// </summary>
    [Setting("Images:FileMiB", "a quarter of the free space on the disk of `Home`, at most 32768",
        "maximum size of a file in `Home`'s folder `cache` for images that do not fit in memory; the file is deleted when the silo "
        + "stops; 0 for no file")]
    public long? FileBytes { get; init; }

    /// <summary>Returns the trainer's options for these settings.</summary>
    /// <param name="home">The home folder.</param>
    public ImageCacheOptions For(string home) => new()
    {
        MemoryBytes = MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory,
        Folder = FileBytes == 0 ? null : Path.Combine(home, CacheFolder),
        FileBytes = FileBytes ?? Math.Min(FreeBytes(home) / ShareOfDisk, MostOfDisk),
    };

    /// <summary>Reads the settings. Settings that are not set keep their defaults.</summary>
    /// <exception cref="InvalidInputException">A setting has an invalid value; the message names its key.</exception>
    internal static ImageSettings From(SettingsReader reader) => new()
    {
        MemoryBytes = Bytes(reader.WholeNumber("Images:MemoryMiB", 0, int.MaxValue)),
        FileBytes = Bytes(reader.WholeNumber("Images:FileMiB", 0, int.MaxValue)),
    };

    private static long? Bytes(int? mebibytes) => mebibytes * 1024L * 1024;

    private static long FreeBytes(string folder)
    {
        try
        {
            // The home folder of a silo in a cluster may not exist yet.
            while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException(folder);
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        // Nothing is cached on a disk whose free space cannot be read.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }
}
