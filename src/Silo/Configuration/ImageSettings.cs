using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data.Caching;

namespace AdaptCluster.Silo.Configuration;

/// <summary>How many decoded and resized test and validation images a silo caches for all of its workers.</summary>
public sealed record ImageSettings
{
    /// <summary>The folder of the cache file in the home folder.</summary>
    private const string CacheFolder = "cache";

    /// <summary>The default shares: one over these numbers of the memory limit and of the free disk space.</summary>
    private const int ShareOfMemory = 8, ShareOfDisk = 4;

    /// <summary>The default upper bound of the file: more than the test images of all eleven data sets take at 224 pixels.</summary>
    private const long MostOfDisk = 32L << 30;

    /// <summary>
    /// The bytes of images to keep in memory (Images:MemoryMiB); 0 for none. Default: an eighth of the process's memory limit.
    /// </summary>
    [Setting("Images:MemoryMiB", "an eighth of the memory",
        "how many validation and test images the silo keeps in memory once they are decoded and resized, 0.14 MiB each at 224 pixels, "
        + "so that later jobs need not decode them; 0 for none. No result depends on it")]
    public long? MemoryBytes { get; init; }

    /// <summary>
    /// The size in bytes of a file for further images (Images:FileMiB); 0 for no file. Default: a quarter of the free space on the disk
    /// of the home folder, at most 32 GiB.
    /// </summary>
    [Setting("Images:FileMiB", "a quarter of what is free on the disk of `Home`, at most 32768",
        "a file in `Home`'s folder `cache` for the images beyond that, removed when the silo ends; 0 for none")]
    public long? FileBytes { get; init; }

    /// <summary>Returns the trainer's options for these settings.</summary>
    /// <param name="home">The home folder.</param>
    public ImageCacheOptions For(string home) => new()
    {
        MemoryBytes = MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory,
        Folder = FileBytes == 0 ? null : Path.Combine(home, CacheFolder),
        FileBytes = FileBytes ?? Math.Min(FreeBytes(home) / ShareOfDisk, MostOfDisk),
    };

    /// <summary>Reads the settings. Any that are not set keep their defaults.</summary>
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
        // Nothing is cached on a disk that does not answer.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }
}
