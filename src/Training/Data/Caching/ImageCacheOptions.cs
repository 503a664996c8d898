namespace AdaptCluster.Training.Data.Caching;

/// <summary>Options for the cache of prepared images.</summary>
public sealed record ImageCacheOptions
{
    /// <summary>Maximum number of bytes in memory. Default: 256 MiB.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Maximum size in bytes of a split that is embedded once and stays on the device as input to the first block. A larger split is
    /// embedded again in every pass. Default: 256 MiB.
    /// </summary>
    public long EmbeddedBytes { get; init; } = 256L << 20;

    /// <summary>The folder of the cache files for images that do not fit in memory. Default: none, so that there are no files.</summary>
    public string? Folder { get; init; }

    /// <summary>Maximum size of the cache files in bytes. Default: 0.</summary>
    public long FileBytes { get; init; }
}
