namespace AdaptCluster.Training.Tests.Golden;

/// <summary>Golden cases: tests/golden of the repository, and the folder that ADAPTCLUSTER_GOLDEN names. A case is known by what it holds.</summary>
internal static class GoldenFolders
{
    public const string Variable = "ADAPTCLUSTER_GOLDEN";

    /// <summary>The repository's root: the first parent folder with AdaptCluster.sln.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>All case folders of both places.</summary>
    public static IEnumerable<string> CaseFolders()
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        string[] roots = string.IsNullOrEmpty(given) ? [Path.Combine(RepositoryRoot, "tests", "golden")] : [Path.Combine(RepositoryRoot, "tests", "golden"), given];
        return roots.SelectMany(root => Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal));
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AdaptCluster.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException("No parent folder of the tests has AdaptCluster.sln.");
    }
}
