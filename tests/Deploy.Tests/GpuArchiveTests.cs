using System.Text.Json.Nodes;

namespace AdaptCluster.Deploy.Tests;

/// <summary>What bench/gpu/pack makes runs on a machine that has a libtorch and no .NET; here on a CPU.</summary>
public sealed class GpuArchiveTests
{
    private const int MostBytes = 64_000_000;

    /// <summary>What the script of the archive may use of the machine.</summary>
    private static readonly string[] Tools =
    [
        "awk", "bash", "cat", "date", "dirname", "env", "grep", "mkdir", "mktemp", "nproc", "paste", "readlink", "realpath", "rm",
        "sed", "tail", "tar", "tr", "xz",
    ];

    [Fact]
    public void The_archive_is_small_and_its_report_is_complete_without_the_SDK()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ADAPTCLUSTER_ARCHIVE") == "1",
            "Packing and the report take minutes; ADAPTCLUSTER_ARCHIVE=1 runs them.");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        Assert.SkipUnless(File.Exists(Repository.At("artifacts", "bin", "GpuReport", configuration, "AdaptCluster.GpuReport.dll")),
            "The benches are not built; ./test builds them.");
        var place = Directory.CreateTempSubdirectory("adaptcluster-").FullName;
        try
        {
            var packed = CheckTools.Run(Repository.At("bench/gpu/pack"), ["--configuration", configuration, "--no-build", "--out", place]);
            Assert.True(packed.Code == 0, packed.Output + packed.Error);
            // One, or two where one would be too large.
            var parts = Directory.GetFiles(place, "adaptcluster-gpu.tar.xz*");
            Assert.InRange(parts.Length, 1, 2);
            Assert.All(parts, part => Assert.InRange(new FileInfo(part).Length, 1, MostBytes));

            var report = Run(place);

            Assert.Equal((0, "cpu", true), ((int)report["failures"]!, (string)report["device"]!, (bool)report["quick"]!));
            Assert.StartsWith("libtorch 2.10.0 in ", (string)report["torch"]!, StringComparison.Ordinal);
            var tables = report["tables"]!.AsArray().ToDictionary(
                table => ((string)table!["table"]!).Split(':')[0], table => table!["rows"]!.AsArray());
            Assert.Equal(
                ["Golden cases", "Peaks", "Step", "Lanes", "Methods", "Evaluation", "Sweep twelve-float32", "Sweep methods"], tables.Keys);
            var golden = tables["Golden cases"][0]!;
            Assert.True((int)golden["total"]! > 100, $"Only {golden["total"]} golden cases ran.");
            Assert.Equal((0, 0, 0), ((int)golden["failed"]!, (int)golden["errors"]!, (int)golden["skipped"]!));
            // Three precisions, two numbers of classes, two of lanes, with all tokens and pruned.
            Assert.Equal(24, tables["Lanes"].Count);
            Assert.Equal([64, 96], tables["Lanes"].Select(row => (int)row!["tokens"]!).Distinct().Order());
            Assert.Equal("completed", (string)tables["Sweep methods"][0]!["results"]!["state"]!);
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    /// <summary>Unpacks the archive into an empty folder and runs it with a PATH that has no dotnet.</summary>
    private static JsonNode Run(string place)
    {
        var (path, unpacked) = (Path.Combine(place, "bin"), Path.Combine(place, "unpacked"));
        foreach (var folder in (string[])[path, unpacked]) Directory.CreateDirectory(folder);
        foreach (var tool in Tools)
        {
            var program = Programs.Find(tool);
            Assert.True(program is not null, $"This machine has no {tool}.");
            File.CreateSymbolicLink(Path.Combine(path, tool), program);
        }
        var libtorch = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
        var run = CheckTools.Run("env",
        [
            "-i", $"PATH={path}", $"HOME={place}", $"ADAPTCLUSTER_LIBTORCH={libtorch}", "bash", "-c",
            $"cd {unpacked} && cat {place}/adaptcluster-gpu.tar.xz* | tar xJ "
                + $"&& adaptcluster-gpu/bench/gpu/run --device cpu --quick --out {place}/report",
        ]);
        Assert.True(run.Code == 0, $"{run.Output}{run.Error}{Read(Path.Combine(place, "report", "errors.log"))}");
        return JsonNode.Parse(File.ReadAllText(Path.Combine(place, "report", "report.json")))!;
    }

    private static string Read(string file) => File.Exists(file) ? File.ReadAllText(file) : "";
}
