namespace AdaptCluster.Training.Libtorch;

/// <summary>The processor. Kernels differ between models, and with them last digits.</summary>
public static class Cpu
{
    /// <summary>The model as the system names it; "unknown model" where it does not.</summary>
    public static string Model()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file)
            .FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? "unknown model";
    }
}
