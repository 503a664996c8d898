namespace AdaptCluster.Training.Tests.Golden;

/// <summary>
/// Finds golden cases, known by what they hold: in tests/golden, and in the folder that the environment variable ADAPTCLUSTER_GOLDEN names.
/// Nothing is said about how many there are, what they are called, or how large they are.
/// </summary>
internal static class GoldenFolders
{
    public const string Variable = "ADAPTCLUSTER_GOLDEN";

    /// <summary>The repository's root: the first parent folder with AdaptCluster.sln.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>All folders of both places, at any depth.</summary>
    public static IEnumerable<string> CaseFolders() => Roots().SelectMany(Within);

    /// <summary>The folders, at any depth, that hold <paramref name="marker"/>, such as "hf/config.json" or "tokens.json".</summary>
    public static IReadOnlyList<string> Holding(string marker) =>
        [.. CaseFolders().Where(f => File.Exists(Path.Combine(f, marker))).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Within(string root) =>
        Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Prepend(root);

    private static IEnumerable<string> Roots()
    {
        yield return Path.Combine(RepositoryRoot, "tests", "golden");
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } extra) yield return Path.GetFullPath(extra);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AdaptCluster.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds AdaptCluster.sln.");
    }
}
