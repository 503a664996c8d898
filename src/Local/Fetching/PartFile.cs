using System.Security.Cryptography;
using System.Text.Json;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>
/// The record about a file, stored next to the file, so that another process can resume its transfer or use the complete file.
/// </summary>
internal sealed record PartState
{
    /// <summary>The URL that was requested.</summary>
    public required string Url { get; init; }

    /// <summary>The validator of the response; null if it had no strong validator.</summary>
    public string? Tag { get; init; }

    /// <summary>The final size in bytes; null while it is unknown.</summary>
    public long? Bytes { get; init; }

    /// <summary>The SHA-256 that the mirror stated; null if it stated none.</summary>
    public string? MirrorSha256 { get; init; }

    /// <summary>The SHA-256 of the complete file; null while it is incomplete.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>
/// A file being downloaded: <c>NAME.part</c>, with <c>NAME.part.json</c> next to it. When its size and hash match, the file is renamed to
/// <c>NAME</c> and its record to <c>NAME.json</c>.
/// </summary>
internal sealed class PartFile
{
    private readonly string _part, _about;

    /// <summary>Opens the files, which need not exist.</summary>
    public PartFile(string path)
    {
        (Path, _part, _about) = (path, $"{path}.part", $"{path}.part.json");
        State = File.Exists(_part) ? Read(_about) : null;
        // Bytes without a record cannot be used.
        if (State is null) Clear();
    }

    /// <summary>The path of the complete file.</summary>
    public string Path { get; }

    /// <summary>The record of the received bytes; null if there are none.</summary>
    public PartState? State { get; private set; }

    /// <summary>The number of bytes received.</summary>
    public long Length => File.Exists(_part) ? new FileInfo(_part).Length : 0;

    /// <summary>Removes the received bytes and their record.</summary>
    public void Clear()
    {
        File.Delete(_part);
        File.Delete(_about);
        State = null;
    }

    /// <summary>Removes earlier bytes and writes a new record before the first byte arrives.</summary>
    public void Begin(PartState state)
    {
        Clear();
        Update(state);
    }

    /// <summary>Updates the record.</summary>
    public void Update(PartState state)
    {
        Write(_about, state);
        State = state;
    }

    /// <summary>Opens the part file for appending, without a buffer, so that written bytes survive if the process is killed.</summary>
    public FileStream Append() => new(_part, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Computes the SHA-256 of the received bytes, in lower-case hexadecimal.</summary>
    public Task<string> HashAsync(CancellationToken cancellation) => HashAsync(_part, cancellation);

    /// <summary>Computes the SHA-256 of a file, in lower-case hexadecimal.</summary>
    public static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
    }

    /// <summary>Renames the part file to the complete file.</summary>
    /// <param name="sha256">The file's SHA-256.</param>
    public void Complete(string sha256)
    {
        // Written before the rename, so that a kill in between never leaves a file without a record.
        if (State is { } state) Write(AboutWhole(Path), state with { Sha256 = sha256 });
        File.Move(_part, Path, overwrite: true);
        File.Delete(_about);
        State = null;
    }

    /// <summary>
    /// Reads the record of a complete file; returns null if there is none. The file's hash shows whether it still matches.
    /// </summary>
    public static PartState? Known(string path) => Read(AboutWhole(path));

    /// <summary>Removes a complete file and its record, if they exist.</summary>
    public static void Remove(string path)
    {
        File.Delete(path);
        Forget(path);
    }

    /// <summary>Removes the record of a complete file.</summary>
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
            // Truncated by a power loss.
            return null;
        }
    }
}
