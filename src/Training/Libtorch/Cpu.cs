namespace AdaptCluster.Training.Libtorch;

/// <summary>The CPU of this machine. Different CPU models use different kernels, which changes the last digits of results.</summary>
public static class Cpu
{
    /// <summary>Returns the model name that the system reports, or "unknown model".</summary>
    public static string Model()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file)
            .FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? "unknown model";
    }
}
