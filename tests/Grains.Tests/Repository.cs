namespace AdaptCluster.Grains.Tests;

/// <summary>The checkout that the tests were built in.</summary>
internal static class Repository
{
    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Root { get; } = Find();

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "AdaptCluster.sln"))) folder = Path.GetDirectoryName(folder.TrimEnd('/'))!;
        return folder;
    }
}
