namespace AdaptCluster.Tests;

/// <summary>The example of a method in an assembly of its own, as the build made it: examples/methods/Shift.</summary>
internal static class ShiftExample
{
    /// <summary>The assembly.</summary>
    public static string File { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Shift",
        new DirectoryInfo(AppContext.BaseDirectory).Name, "AdaptCluster.Shift.dll"));
}
