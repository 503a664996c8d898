using System.Globalization;
using System.Runtime.InteropServices;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Library;
using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Silo.Hosting;

/// <summary>Reports what this machine can run.</summary>
public static class Doctor
{
    /// <summary>Returns the findings keyed by name, in display order.</summary>
    public static Dictionary<string, string> Examine(SiloSettings settings)
    {
        var report = new Dictionary<string, string>
        {
            ["version"] = typeof(Doctor).Assembly.GetName().Version?.ToString(3) ?? "unknown",
            ["runtime"] =
                $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores",
            ["memory"] = $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 20)} MiB",
            ["torch"] = $"{(object?)TorchRuntime.Loaded(settings) ?? "libtorch"}; TorchSharp {LibtorchLoader.MadeFor.TorchSharp}, "
                + $"built for {LibtorchLoader.MadeFor.Libtorch}",
            ["device"] = settings.Device == "cuda" ? $"cuda, {torch.cuda.device_count()} devices" : $"cpu ({WhyCpu()})",
            ["workers"] = $"{settings.Workers} × {settings.Threads} threads",
            ["store"] = Store(settings.StoreFile),
            ["data root"] = string.Join("; ", settings.DataRoots.Select(Folder)),
        };
        foreach (var (i, gpu) in Gpu.All().Index()) report[$"gpu {i}"] = gpu.ToString();
        using var library = new TrainingLibrary(settings);
        foreach (var root in settings.ModelRoots) report[$"models in {root}"] = Models(library, root);
        var formats = settings.KnownMethods.Formats;
        report["drawn sets"] = string.Join(", ", formats.KnownDrawn);
        return report;
    }

    private static string WhyCpu() => torch.cuda.is_available() ? "set explicitly, although libtorch sees a GPU" : TorchDevice.WhyNoGpu();

    private static string Store(string file) => File.Exists(file) ? $"{file}, {new FileInfo(file).Length / 1024} KiB"
        : $"{file}, not created yet";

    private static string Folder(string path) => Directory.Exists(path) ? path : $"{path} is missing; set ADAPTCLUSTER_DATA";

    private static string Models(TrainingLibrary library, string root)
    {
        if (!Directory.Exists(root)) return "no such folder; set ADAPTCLUSTER_MODELS";
        var names = Directory.EnumerateFiles(root, "config.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal);
        var found = names.Select(name => Model(library, name)).ToArray();
        return found.Length > 0 ? string.Join("; ", found) : "no config.json in its subfolders";
    }

    private static string Model(TrainingLibrary library, string name)
    {
        try
        {
            var (family, found, fingerprint) = library.Examine(name);
            var (vision, text) = (found.Shape.Vision, found.Shape.Text);
            return string.Create(CultureInfo.InvariantCulture,
                $"{name} ({family}, image {found.Shape.ImageSize}/{found.Shape.PatchSize}, towers {vision.Depth}×{vision.Width} and "
                + $"{text.Depth}×{text.Width}, context {found.Shape.ContextLength}, ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"{found.Parameters:N0} parameters in {found.Bytes / 1048576.0:F1} MiB, sha-256 {fingerprint[..12]})");
        }
        catch (InvalidInputException e)
        {
            return $"{name}: {e.Message}";
        }
    }
}
