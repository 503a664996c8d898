using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data.Kept;

namespace AdaptCluster.Silo.Configuration;

/// <summary>How many test and validation images a silo keeps once they are decoded and resized, for all of its workers.</summary>
public sealed record ImageSettings
{
    /// <summary>The folder of the file below the home folder.</summary>
    private const string CacheFolder = "cache";

    /// <summary>By default a share of the memory that the process may have, and of the disk that is free.</summary>
    private const int ShareOfMemory = 8, ShareOfDisk = 4;

    /// <summary>More than all of the eleven data sets' test images at 224 pixels take.</summary>
    private const long MostOfDisk = 32L << 30;

    /// <summary>
    /// Bytes of images in memory (Images:MemoryMiB). Default: an eighth of the memory that the process may have; 0 keeps none there.
    /// </summary>
    [Setting("Images:MemoryMiB", "an eighth of the memory",
        "how many validation and test images the silo keeps in memory once they are decoded and resized, 0.14 MiB each at 224 pixels, "
        + "so that later jobs need not decode them; 0 for none. No result depends on it")]
    public long? MemoryBytes { get; init; }

    /// <summary>
    /// Bytes of a file for images beyond that (Images:FileMiB). Default: a quarter of what is free on the disk of the home folder, at most
    /// 32 GiB; 0 for no file.
    /// </summary>
    [Setting("Images:FileMiB", "a quarter of what is free on the disk of `Home`, at most 32768",
        "a file in `Home`'s folder `cache` for the images beyond that, removed when the silo ends; 0 for none")]
    public long? FileBytes { get; init; }

    /// <summary>The same for the trainer.</summary>
    /// <param name="home">The home folder.</param>
    public KeptImagesOptions For(string home) => new()
    {
        MemoryBytes = MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory,
        Folder = FileBytes == 0 ? null : Path.Combine(home, CacheFolder),
        FileBytes = FileBytes ?? Math.Min(FreeBytes(home) / ShareOfDisk, MostOfDisk),
    };

    /// <summary>Reads the settings, everything that is not set at its default.</summary>
    /// <exception cref="InvalidInputException">A setting has a value that cannot be used; the message names its key.</exception>
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
            // A silo of a cluster may have a home that nothing was written to yet.
            while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException(folder);
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        // A disk that does not answer is none to keep images on.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }
}
