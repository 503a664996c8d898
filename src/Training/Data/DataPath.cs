namespace AdaptCluster.Training.Data;

/// <summary>Checks and normalizes relative paths as strings, without accessing the file system.</summary>
internal static class DataPath
{
    /// <summary>The maximum length of a path in an image list, in characters.</summary>
    public const int MaxLength = 1000;

    /// <summary>
    /// Whether a path in an image list stays inside its folder: the path must be relative, use forward slashes, and have no empty, "." or
    /// ".." segments.
    /// </summary>
    public static bool StaysBelow(string path) => !path.StartsWith('/') && !path.Contains('\\', StringComparison.Ordinal)
        && !path.Split('/').Any(step => step is ".." or "." or "");

    /// <summary>Returns the path with forward slashes and without empty or "." segments.</summary>
    public static string Normal(string path) =>
        string.Join('/', path.Split('/', '\\').Where(step => step.Length > 0 && step != "."));
}
