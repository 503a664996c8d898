namespace AdaptCluster.Training.Tests.Golden;

/// <summary>
/// Finds golden cases, known by what they hold: in tests/golden, and in the folder that the environment variable ADAPTCLUSTER_GOLDEN names.
/// Nothing is said about how many there are, what they are called, or how large they are.
/// </summary>
internal static class GoldenFolders
{
    /// <summary>The folders, at any depth, that hold <paramref name="marker"/>, such as "hf/config.json" or "tokens.json".</summary>
    internal static IReadOnlyList<string> Holding(string marker) =>
        [.. Roots().SelectMany(Within).Where(f => File.Exists(Path.Combine(f, marker))).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Within(string root) => Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Prepend(root);

    private static IEnumerable<string> Roots()
    {
        yield return Path.Combine(Repository(), "tests", "golden");
        var extra = Environment.GetEnvironmentVariable("ADAPTCLUSTER_GOLDEN");
        if (!string.IsNullOrEmpty(extra)) yield return Path.GetFullPath(extra);
    }

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AdaptCluster.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds AdaptCluster.sln.");
    }
}
