namespace AdaptCluster.Training.Tests.Golden;

/// <summary>
/// Finds golden cases, known by what they hold: in tests/golden, and in the folder that the environment variable ADAPTCLUSTER_GOLDEN names.
/// Nothing is said about how many there are, what they are called, or how large they are.
/// </summary>
internal static class GoldenFolders
{
    public const string Variable = "ADAPTCLUSTER_GOLDEN";

    /// <summary>All folders of both places, at any depth.</summary>
    public static IEnumerable<string> CaseFolders() => Roots().SelectMany(Within);

    /// <summary>The folders, at any depth, that hold <paramref name="marker"/>, such as "hf/config.json" or "tokens.json".</summary>
    public static IReadOnlyList<string> Holding(string marker) =>
        [.. CaseFolders().Where(f => File.Exists(Path.Combine(f, marker))).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Within(string root) =>
        Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Prepend(root);

    private static IEnumerable<string> Roots()
    {
        yield return Repository.At("tests", "golden");
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } extra) yield return Path.GetFullPath(extra);
    }
}
