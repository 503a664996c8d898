namespace AdaptCluster.Training.Jobs;

/// <summary>Too little memory for what was tried.</summary>
internal static class OutOfMemory
{
    /// <summary>Whether an error says so; libtorch tells of it by text alone.</summary>
    internal static bool Is(Exception e) =>
        e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
            || e.Message.Contains("allocate memory", StringComparison.OrdinalIgnoreCase);
}
