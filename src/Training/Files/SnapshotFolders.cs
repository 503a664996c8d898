using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Files;

/// <summary>Finds Hugging Face snapshots in a model root, either as copied folders or in the hub's cache layout.</summary>
public static class SnapshotFolders
{
    /// <summary>The possible folders of a model, the most likely first.</summary>
    /// <param name="root">The model root; it may be a hub cache (~/.cache/huggingface/hub), or the folder above it.</param>
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
    /// Describes what a folder without a config.json is instead and what to do, to follow the folder's path in a message; null if it is not
    /// recognized.
    /// </summary>
    public static string? Stranger(string folder) => SnapshotFile.StrangerFolder(folder);

    /// <summary>
    /// Describes a file beside the weights of a snapshot that would change them, and what to do, to follow the folder's path in a message;
    /// null if there is none.
    /// </summary>
    public static string? Addition(string folder) => SnapshotFile.Addition(folder);

    // If the cache holds another branch or a commit, nothing says which snapshot is meant, unless there is only one.
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
