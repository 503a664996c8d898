using System.Reflection;
using System.Runtime.InteropServices;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Silo.Configuration;

/// <summary>Describes the environment that this process's jobs run in.</summary>
public static class ProcessEnvironment
{
    /// <summary>AdaptCluster's version, a plus sign, and the commit that the program was built from.</summary>
    public static string Version => VersionOf(typeof(ProcessEnvironment).Assembly);

    /// <summary>Describes this process, for the record of each attempt that runs in it.</summary>
    public static RunEnvironment Describe(SiloSettings settings) => new()
    {
        Version = Version,
        Runtime = RuntimeInformation.FrameworkDescription,
        Packages = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["libtorch"] = TorchRuntime.Version(settings),
            ["TorchSharp"] = VersionOf(typeof(torch).Assembly),
            // Kept here because older silos could not read a separate field.
            ["trainer"] = TrainerVersion.Current.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Orleans"] = VersionOf(typeof(IGrain).Assembly),
        },
        Device = settings.Device == "cuda" ? "cuda" : $"cpu ({RuntimeInformation.ProcessArchitecture}, {Cpu.Model()})",
        Threads = settings.Threads,
        System = RuntimeInformation.OSDescription,
    };

    /// <summary>Returns the trainer versions, precisions and device that this process's workers offer to the queue.</summary>
    public static WorkerOffer Offer(SiloSettings settings) => new(
        [TrainerVersion.Current],
        // tf32 is a process-wide setting, and concurrent workers may need different values.
        [.. Enum.GetValues<Precision>().Where(precision => precision != Precision.Tf32 || settings.Device == "cpu"
            || settings.Workers == 1)],
        settings.Device, TorchRuntime.Version(settings), settings.Threads);

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? assembly.GetName().Version?.ToString() ?? "unknown";
}
