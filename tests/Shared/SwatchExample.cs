namespace AdaptCluster.Tests;

/// <summary>The example of a format of data sets in an assembly of its own, as the build made it: examples/datasets/Swatch.</summary>
internal static class SwatchExample
{
    /// <summary>The assembly.</summary>
    public static string File { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Swatch",
        new DirectoryInfo(AppContext.BaseDirectory).Name, "AdaptCluster.Swatch.dll"));
}
