namespace AdaptCluster.Training.Data;

/// <summary>Normalizes paths relative to a data root, as text.</summary>
internal static class DataPath
{
    /// <summary>Returns the path with forward slashes and without empty or "." segments.</summary>
    public static string Normal(string path) =>
        string.Join('/', path.Split('/', '\\').Where(step => step.Length > 0 && step != "."));
}
