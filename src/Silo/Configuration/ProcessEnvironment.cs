using System.Reflection;
using System.Runtime.InteropServices;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Silo.Configuration;

/// <summary>What this process's jobs run on.</summary>
public static class ProcessEnvironment
{
    /// <summary>AdaptCluster's version and, after a plus sign, the commit it was built from.</summary>
    public static string Version => VersionOf(typeof(ProcessEnvironment).Assembly);

    /// <summary>Describes this process for the record of each attempt.</summary>
    public static RunEnvironment Describe(SiloSettings settings) => new()
    {
        Version = Version,
        Runtime = RuntimeInformation.FrameworkDescription,
        Packages = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["libtorch"] = TorchRuntime.Version(settings),
            ["TorchSharp"] = VersionOf(typeof(torch).Assembly),
            // Here rather than in a field of its own, which older silos could not read.
            ["trainer"] = TrainerVersion.Current.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Orleans"] = VersionOf(typeof(IGrain).Assembly),
        },
        Device = settings.Device == "cuda" ? "cuda" : $"cpu ({RuntimeInformation.ProcessArchitecture}, {Cpu.Model()})",
        Threads = settings.Threads,
        System = RuntimeInformation.OSDescription,
    };

    /// <summary>What this process's workers can run.</summary>
    public static WorkerOffer Offer(SiloSettings settings) => new(
        [TrainerVersion.Current],
        // tf32 is a setting of the whole process, and workers beside each other may need different ones.
        [.. Enum.GetValues<Precision>().Where(precision => precision != Precision.Tf32 || settings.Device == "cpu"
            || settings.Workers == 1)],
        settings.Device, TorchRuntime.Version(settings), settings.Threads);

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? assembly.GetName().Version?.ToString() ?? "unknown";
}
