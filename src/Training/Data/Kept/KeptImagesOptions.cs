namespace AdaptCluster.Training.Data.Kept;

/// <summary>How many prepared images are kept, and where.</summary>
public sealed record KeptImagesOptions
{
    /// <summary>Bytes in memory. Default: 256 MiB.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Bytes of a split that is embedded once and stays on the device as the first block reads it; a larger one is embedded again by each
    /// pass. Default: 256 MiB.
    /// </summary>
    public long EmbeddedBytes { get; init; } = 256L << 20;

    /// <summary>The folder of the file for images beyond that. Default: none, so that there is no file.</summary>
    public string? Folder { get; init; }

    /// <summary>Bytes of the file. Default: none.</summary>
    public long FileBytes { get; init; }
}
