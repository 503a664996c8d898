using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Files;

/// <summary>Finds Hugging Face snapshots below a model root, as copied folders or as the hub's cache keeps them.</summary>
public static class SnapshotFolders
{
    /// <summary>Where a model may lie, the likeliest place first.</summary>
    /// <param name="root">The model root; it may be a hub cache (~/.cache/huggingface/hub), or the folder above it.</param>
    /// <param name="name">A folder, or "org/name" as the hub has it.</param>
    public static IEnumerable<string> Candidates(string root, string name)
    {
        var plain = Path.Combine(root, name);
        yield return plain;
        var folder = $"models--{name.Replace("/", "--", StringComparison.Ordinal)}";
        foreach (var cached in (string[])[plain, Path.Combine(root, folder), Path.Combine(root, "hub", folder)])
            if (Snapshot(cached) is { } snapshot) yield return snapshot;
    }

    /// <summary>
    /// What a folder without a config.json is instead, with what to do, to follow its path; null where it is nothing known.
    /// </summary>
    public static string? Stranger(string folder) => SnapshotFile.StrangerFolder(folder);

    /// <summary>
    /// What lies beside the weights of a snapshot and would change them, with what to do, to follow its path; null where nothing
    /// does.
    /// </summary>
    public static string? Addition(string folder) => SnapshotFile.Addition(folder);

    // Of another branch, or of a commit, nothing says which is meant, unless there is one.
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
