namespace AdaptCluster.Training.Data;

/// <summary>Paths relative to a data root, as texts.</summary>
internal static class DataPath
{
    /// <summary>A path without empty steps and ".", with forward slashes.</summary>
    public static string Normal(string path) =>
        string.Join('/', path.Split('/', '\\').Where(step => step.Length > 0 && step != "."));
}
