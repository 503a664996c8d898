using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Files;

/// <summary>Finds Hugging Face snapshots in a model root, either as copied folders or in the hub's cache layout.</summary>
public static class SnapshotFolders
{
    /// <summary>Returns the folders in which a model might be, the most likely folder first.</summary>
    /// <param name="root">The model root, which can be a hub cache (~/.cache/huggingface/hub) or its parent folder.</param>
    /// <param name="name">A folder name, or "org/name" as on the hub.</param>
    public static IEnumerable<string> Candidates(string root, string name)
    {
        var plain = Path.Combine(root, name);
        yield return plain;
        var folder = $"models--{name.Replace("/", "--", StringComparison.Ordinal)}";
        foreach (var cached in (string[])[plain, Path.Combine(root, folder), Path.Combine(root, "hub", folder)])
            if (Snapshot(cached) is { } snapshot) yield return snapshot;
    }

    /// <summary>
    /// Recognizes a folder without a config.json. Returns what the folder contains and what to do about it, phrased to follow the folder's
    /// path in a message; null if the contents are not recognized.
    /// </summary>
    public static string? Stranger(string folder) => SnapshotFile.StrangerFolder(folder);

    /// <summary>
    /// Detects an adapter next to the full weights. Returns advice, phrased to follow the folder's path in a message; null if there is no
    /// adapter.
    /// </summary>
    public static string? Addition(string folder) => SnapshotFile.Addition(folder);

    // If the cache contains only a different branch or a commit, the snapshot is ambiguous unless there is exactly one.
    private static string? OnlySnapshot(string snapshots)
    {
        if (!Directory.Exists(snapshots)) return null;
        try
        {
            return Directory.GetDirectories(snapshots) is [var only] ? only : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{snapshots} cannot be listed: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    private static string? Snapshot(string cached)
    {
        var main = Path.Combine(cached, "refs", "main");
        if (!File.Exists(main)) return OnlySnapshot(Path.Combine(cached, "snapshots"));
        if (FileKind.Problem(main) is not null || new FileInfo(main).Length > 100) return null;
        string commit;
        try
        {
            commit = File.ReadAllText(main).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{main} cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
        return commit.Length > 0 && commit.All(char.IsAsciiHexDigit) ? Path.Combine(cached, "snapshots", commit) : null;
    }
}
