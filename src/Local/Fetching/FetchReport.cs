using System.Text.Json.Serialization;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Local.Fetching;

/// <summary>The outcome of fetching a data set.</summary>
internal enum FetchState
{
    /// <summary>The data set would be fetched (dry run).</summary>
    Planned,

    /// <summary>The data set already existed and was not changed.</summary>
    Present,

    /// <summary>The data set was fetched.</summary>
    Fetched,
}

/// <summary>The origin of the archive's expected hash.</summary>
internal enum HashOrigin
{
    /// <summary>No expected hash is known.</summary>
    Unknown,

    /// <summary>The catalogue.</summary>
    Catalogue,

    /// <summary>The option <c>--sha256</c>.</summary>
    Option,

    /// <summary>The mirror itself, which states the hash of its own file.</summary>
    Mirror,
}

/// <summary>The report that <c>sweep datasets fetch</c> prints for one data set.</summary>
internal sealed record FetchReport
{
    /// <summary>The data set, as named in specs.</summary>
    public required string Name { get; init; }

    /// <summary>The outcome.</summary>
    public required FetchState State { get; init; }

    /// <summary>The archive's URL.</summary>
    public required string Url { get; init; }

    /// <summary>The data set's folder.</summary>
    public required string Place { get; init; }

    /// <summary>The archive's size in bytes; null if unknown.</summary>
    public long? Bytes { get; init; }

    /// <summary>The archive's SHA-256; null if unknown.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The origin of the expected hash.</summary>
    public HashOrigin Sha256From { get; init; }

    /// <summary>The number of bytes of the archive that were on disk when this run began.</summary>
    public long KeptBytes { get; init; }

    /// <summary>The number of free bytes on the target's file system.</summary>
    public long FreeBytes { get; init; }

    /// <summary>The licence, if it is known.</summary>
    public string? Licence { get; init; }

    /// <summary>The number of unpacked files; null if nothing was unpacked.</summary>
    public int? Files { get; init; }

    /// <summary>The unpacked size in bytes.</summary>
    public long? UnpackedBytes { get; init; }

    /// <summary>The notes, each a sentence without a full stop.</summary>
    public string[] Notes { get; init; } = [];

    /// <summary>The findings of the check; null for a dry run.</summary>
    public DatasetReport? Check { get; init; }

    /// <summary>Whether the check found no problem, or this is a dry run.</summary>
    [JsonIgnore]
    public bool IsGood => State == FetchState.Planned || Check is { Complete: true };
}
