using System.Globalization;
using System.Runtime.InteropServices;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Library;
using AdaptCluster.Training.Clip;
using TorchSharp;

namespace AdaptCluster.Silo.Hosting;

/// <summary>Finds out what this machine can run.</summary>
public static class Doctor
{
    /// <summary>Findings by name, in the order in which they should be read.</summary>
    public static Dictionary<string, string> Examine(SiloSettings settings)
    {
        var report = new Dictionary<string, string>
        {
            ["version"] = typeof(Doctor).Assembly.GetName().Version?.ToString(3) ?? "unknown",
            ["runtime"] =
                $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores",
            ["memory"] = $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 20)} MiB",
            ["torch"] = $"libtorch {torch.__version__}",
            ["device"] = settings.Device == "cuda" ? $"cuda, {torch.cuda.device_count()} devices"
                : "cpu (no GPU for libtorch; build with -p:Torch=cuda for one)",
            ["workers"] = $"{settings.Workers} × {settings.Threads} threads",
            ["store"] = Store(settings.StoreFile),
            ["data root"] = string.Join("; ", settings.DataRoots.Select(Folder)),
        };
        using var library = new TrainingLibrary(settings);
        foreach (var root in settings.ModelRoots) report[$"models in {root}"] = Models(library, root);
        report["drawn sets"] = string.Join(", ", library.KnownDatasets);
        return report;
    }

    private static string Store(string file) => File.Exists(file) ? $"{file}, {new FileInfo(file).Length / 1024} KiB"
        : $"{file}, not there yet";

    private static string Folder(string path) => Directory.Exists(path) ? path : $"{path} is missing; set ADAPTCLUSTER_DATA";

    private static string Models(TrainingLibrary library, string root)
    {
        if (!Directory.Exists(root)) return "no such folder; set ADAPTCLUSTER_MODELS";
        var names = Directory.EnumerateFiles(root, "config.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal);
        var found = names.Select(name => Model(library, name)).ToArray();
        return found.Length > 0 ? string.Join("; ", found) : "no config.json below it";
    }

    private static string Model(TrainingLibrary library, string name)
    {
        try
        {
            var folder = library.BackboneFolder(name);
            var (config, parameters, bytes) = ClipModel.Examine(folder);
            return string.Create(CultureInfo.InvariantCulture,
                $"{name} (image {config.ImageSize}/{config.PatchSize}, towers {config.Vision.Depth}×{config.Vision.Width} and "
                + $"{config.Text.Depth}×{config.Text.Width}, ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"context {config.ContextLength}, {parameters:N0} parameters in {bytes / 1048576.0:F1} MiB, sha-256 "
                    + $"{TrainingLibrary.Fingerprint(folder)[..12]})");
        }
        catch (InvalidInputException e)
        {
            return $"{name}: {e.Message}";
        }
    }
}
