using System.Security.Cryptography;
using System.Text.Json;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>
/// What is known of a file; kept beside it, so that another process can resume its transfer, or go on with the whole file.
/// </summary>
internal sealed record PartState
{
    /// <summary>The address that was asked.</summary>
    public required string Url { get; init; }

    /// <summary>The validator of the answer; null where it had no strong one.</summary>
    public string? Tag { get; init; }

    /// <summary>The size that the file will have; null while nobody says.</summary>
    public long? Bytes { get; init; }

    /// <summary>The SHA-256 that the mirror gave; null where it gave none.</summary>
    public string? MirrorSha256 { get; init; }

    /// <summary>The SHA-256 that all of it has; null while it is not whole.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>
/// A file on its way: <c>NAME.part</c> with <c>NAME.part.json</c> beside it. It gets its name when its size and hash are right; what is
/// known of it is in <c>NAME.json</c> then.
/// </summary>
internal sealed class PartFile
{
    private readonly string _part, _about;

    /// <summary>Names the files; none needs to exist.</summary>
    public PartFile(string path)
    {
        (Path, _part, _about) = (path, $"{path}.part", $"{path}.part.json");
        State = File.Exists(_part) ? Read(_about) : null;
        // Bytes without a state belong to nothing.
        if (State is null) Clear();
    }

    /// <summary>The name of the whole file.</summary>
    public string Path { get; }

    /// <summary>What the bytes belong to; null where there are none.</summary>
    public PartState? State { get; private set; }

    /// <summary>How many bytes are there.</summary>
    public long Length => File.Exists(_part) ? new FileInfo(_part).Length : 0;

    /// <summary>Removes what is there.</summary>
    public void Clear()
    {
        File.Delete(_part);
        File.Delete(_about);
        State = null;
    }

    /// <summary>Removes what is there and says what comes, before its first byte does.</summary>
    public void Begin(PartState state)
    {
        Clear();
        Update(state);
    }

    /// <summary>Says more of what is there.</summary>
    public void Update(PartState state)
    {
        Write(_about, state);
        State = state;
    }

    /// <summary>Opens the end of what is there. Nothing is held back: what was written is there after a kill.</summary>
    public FileStream Append() => new(_part, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>The SHA-256 of what is there, in lower-case hexadecimal.</summary>
    public Task<string> HashAsync(CancellationToken cancellation) => HashAsync(_part, cancellation);

    /// <summary>The SHA-256 of a file, in lower-case hexadecimal.</summary>
    public static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
    }

    /// <summary>Gives what is there the name of the whole file.</summary>
    /// <param name="sha256">Its SHA-256.</param>
    public void Complete(string sha256)
    {
        // Before the file has its name, so that a kill in between leaves none of which nothing is known.
        if (State is { } state) Write(AboutWhole(Path), state with { Sha256 = sha256 });
        File.Move(_part, Path, overwrite: true);
        File.Delete(_about);
        State = null;
    }

    /// <summary>What is known of a whole file; null for nothing. Whether the file still is that one, its hash tells.</summary>
    public static PartState? Known(string path) => Read(AboutWhole(path));

    /// <summary>Removes a whole file and what is known of it; neither needs to exist.</summary>
    public static void Remove(string path)
    {
        File.Delete(path);
        Forget(path);
    }

    /// <summary>Removes what is known of a whole file.</summary>
    public static void Forget(string path) => File.Delete(AboutWhole(path));

    private static string AboutWhole(string path) => $"{path}.json";

    private static void Write(string about, PartState state)
    {
        var beside = $"{about}.tmp";
        File.WriteAllText(beside, JsonSerializer.Serialize(state, AdaptClusterJson.Compact));
        File.Move(beside, about, overwrite: true);
    }

    private static PartState? Read(string about)
    {
        try
        {
            return File.Exists(about)
                ? JsonSerializer.Deserialize<PartState>(File.ReadAllText(about), AdaptClusterJson.Compact) : null;
        }
        catch (JsonException)
        {
            // Cut off by a power loss.
            return null;
        }
    }
}
