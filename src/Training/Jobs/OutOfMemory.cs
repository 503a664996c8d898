namespace AdaptCluster.Training.Jobs;

/// <summary>Recognises out-of-memory errors.</summary>
internal static class OutOfMemory
{
    /// <summary>Whether an exception is an out-of-memory error; libtorch reports these only by their message.</summary>
    internal static bool Is(Exception e) =>
        e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
            || e.Message.Contains("allocate memory", StringComparison.OrdinalIgnoreCase);
}
