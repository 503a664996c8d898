using System.Diagnostics;
using System.Globalization;

namespace AdaptCluster.Bench;

/// <summary>The largest resident memory of this process, as Linux counts it.</summary>
internal static class PeakMemory
{
    /// <summary>Begins to count.</summary>
    internal static void Reset()
    {
        if (OperatingSystem.IsLinux()) File.WriteAllText("/proc/self/clear_refs", "5");
    }

    /// <summary>The largest since then; of the process's life where the system does not count anew.</summary>
    internal static long Bytes() => OperatingSystem.IsLinux() ? Status("VmHWM:") : Process.GetCurrentProcess().PeakWorkingSet64;

    /// <summary>What is resident now.</summary>
    internal static long Resident() => OperatingSystem.IsLinux() ? Status("VmRSS:") : Process.GetCurrentProcess().WorkingSet64;

    private static long Status(string name) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal))
            .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) << 10;
}
