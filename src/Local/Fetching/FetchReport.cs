using System.Text.Json.Serialization;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Local.Fetching;

/// <summary>What becomes of a data set that is fetched.</summary>
internal enum FetchState
{
    /// <summary>It would be fetched: a dry run.</summary>
    Planned,

    /// <summary>It was there already and was left as it is.</summary>
    Present,

    /// <summary>It was fetched.</summary>
    Fetched,
}

/// <summary>Who says what the archive's hash is.</summary>
internal enum HashOrigin
{
    /// <summary>Nobody.</summary>
    Unknown,

    /// <summary>The catalogue.</summary>
    Catalogue,

    /// <summary>The option <c>--sha256</c>.</summary>
    Option,

    /// <summary>The mirror itself, of its own file.</summary>
    Mirror,
}

/// <summary>What <c>sweep datasets fetch</c> says of one data set.</summary>
internal sealed record FetchReport
{
    /// <summary>The data set, as specs name it.</summary>
    public required string Name { get; init; }

    /// <summary>What became of it.</summary>
    public required FetchState State { get; init; }

    /// <summary>The archive's address.</summary>
    public required string Url { get; init; }

    /// <summary>The data set's folder.</summary>
    public required string Place { get; init; }

    /// <summary>The archive's size; null where it is not known.</summary>
    public long? Bytes { get; init; }

    /// <summary>The archive's SHA-256; null where it is not known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Who says so.</summary>
    public HashOrigin Sha256From { get; init; }

    /// <summary>Bytes of the archive that are there already, or were when this run began.</summary>
    public long KeptBytes { get; init; }

    /// <summary>Free bytes where it goes.</summary>
    public long FreeBytes { get; init; }

    /// <summary>What is known of the licence.</summary>
    public string? Licence { get; init; }

    /// <summary>Unpacked files; null where nothing was unpacked.</summary>
    public int? Files { get; init; }

    /// <summary>Their bytes.</summary>
    public long? UnpackedBytes { get; init; }

    /// <summary>What one should know; a sentence without a full stop each.</summary>
    public string[] Notes { get; init; } = [];

    /// <summary>What the check found of what is there; null for a dry run.</summary>
    public DatasetReport? Check { get; init; }

    /// <summary>Whether nothing is wrong with what is there.</summary>
    [JsonIgnore]
    public bool IsGood => State == FetchState.Planned || Check is { Complete: true };
}
