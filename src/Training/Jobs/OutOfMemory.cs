namespace AdaptCluster.Training.Jobs;

/// <summary>Recognizes out-of-memory errors.</summary>
internal static class OutOfMemory
{
    /// <summary>Whether an exception is an out-of-memory error, which libtorch reports only in the message.</summary>
    internal static bool Is(Exception e) =>
        e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
            || e.Message.Contains("allocate memory", StringComparison.OrdinalIgnoreCase);
}
