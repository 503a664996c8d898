namespace AdaptCluster.Tests;

/// <summary>The checkout that the tests were built in; compiled into every test project.</summary>
internal static class Repository
{
    /// <summary>The first parent folder with AdaptCluster.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary>A file or folder of the checkout.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AdaptCluster.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds AdaptCluster.sln.");
    }
}
