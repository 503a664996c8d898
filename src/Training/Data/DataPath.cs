namespace AdaptCluster.Training.Data;

/// <summary>Normalizes paths relative to a data root, as text.</summary>
internal static class DataPath
{
    /// <summary>The longest path that a list may contain, in characters.</summary>
    public const int MaxLength = 1000;

    /// <summary>
    /// Whether a path of a list stays below its folder: relative, with forward slashes, and without empty, "." or ".." segments.
    /// </summary>
    public static bool StaysBelow(string path) => !path.StartsWith('/') && !path.Contains('\\', StringComparison.Ordinal)
        && !path.Split('/').Any(step => step is ".." or "." or "");

    /// <summary>Returns the path with forward slashes and without empty or "." segments.</summary>
    public static string Normal(string path) =>
        string.Join('/', path.Split('/', '\\').Where(step => step.Length > 0 && step != "."));
}
