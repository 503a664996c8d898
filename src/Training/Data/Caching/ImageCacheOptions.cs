namespace AdaptCluster.Training.Data.Caching;

/// <summary>Options for the cache of prepared images.</summary>
public sealed record ImageCacheOptions
{
    /// <summary>The maximum number of bytes in memory. Default: 256 MiB.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>
    /// The maximum size, in bytes, of a split whose embeddings, the inputs of the first block, are computed once and kept on the device. A
    /// larger split is embedded again in every pass. Default: 256 MiB.
    /// </summary>
    public long EmbeddedBytes { get; init; } = 256L << 20;

    /// <summary>The folder for the files that cache images that do not fit in memory; null to use no files. Default: null.</summary>
    public string? Folder { get; init; }

    /// <summary>The maximum size of the cache files in bytes. Default: 0.</summary>
    public long FileBytes { get; init; }
}
