using System.Text.Json.Nodes;

namespace AdaptCluster.Deploy.Tests;

/// <summary>What bench/gpu/pack makes runs on a machine that has a libtorch and no .NET; here on a CPU.</summary>
public sealed class GpuArchiveTests(GpuArchive archive) : IClassFixture<GpuArchive>
{
    private const int MostBytes = 64_000_000;

    [Fact]
    public void The_archive_is_small_and_its_report_is_complete_without_the_SDK()
    {
        Assert.SkipWhen(archive.Missing is not null, archive.Missing ?? "");
        // One, or two where one would be too large.
        Assert.InRange(archive.Parts.Length, 1, 2);
        Assert.All(archive.Parts, part => Assert.InRange(new FileInfo(part).Length, 1, MostBytes));

        var (report, text) = Report("--device cpu --quick", code: 0);

        Assert.Equal(("cpu", true, "bench/gpu/run --device cpu --quick", 0),
            ((string)report["device"]!, (bool)report["quick"]!, (string)report["command"]!, (int)report["failures"]!));
        Assert.Equal(["processor", "memory", "torch", "system"], report["machine"]!.AsArray().Select(fact => (string)fact!["name"]!));
        Assert.StartsWith("libtorch 2.10.0 in ", (string)report["machine"]![2]!["value"]!, StringComparison.Ordinal);
        var tables = Tables(report);
        Assert.Equal(["Golden cases", "Peaks", "Precision of tiny-clip", "Precision of tiny, random weights", "Step", "Lanes", "Methods",
            "Evaluation", "Whole sweeps"], tables.Keys);
        var golden = tables["Golden cases"][0]!;
        Assert.True((int)golden["passed"]! > 100, $"Only {golden["passed"]} golden cases passed.");
        // The tokenizer's cases have words of others; ADAPTCLUSTER_GOLDEN names them.
        Assert.Equal((0, 2), ((int)golden["failed"]!, (int)golden["skipped"]!));
        Assert.Equal(["float32", "tf32", "bfloat16"], tables["Peaks"].Select(row => (string)row!["precision"]!));
        // Three precisions, two numbers of classes, two of lanes, with all tokens and pruned.
        Assert.Equal(24, tables["Lanes"].Count);
        Assert.Equal([64, 96], tables["Lanes"].Select(row => (int)row!["tokens"]!).Distinct().Order());
        // Eight methods beside Adapt, with one lane and with three.
        Assert.Equal(16, tables["Methods"].Count);
        Assert.Equal(6, tables["Evaluation"].Count);
        Assert.Equal([("adapt-float32", 2), ("adapt-bfloat16", 2), ("methods", 9)],
            tables["Whole sweeps"].Select(row => ((string)row!["sweep"]!, (int)row!["jobs"]!)));
        Assert.All(tables["Whole sweeps"], row => Assert.Equal("completed", (string)row!["results"]!["state"]!));
        // The text and the numbers are the same.
        Assert.Contains($"| bfloat16 | {tables["Peaks"][2]!["TFLOP/s"]} |", text, StringComparison.Ordinal);
        Assert.Contains($"| methods | 9 | {tables["Whole sweeps"][2]!["seconds"]} | - | - |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_fails_is_reported_and_the_others_run()
    {
        Assert.SkipWhen(archive.Missing is not null, archive.Missing ?? "");
        var (program, away) = (Path.Combine(archive.Folder, "app", "AdaptCluster.Methods"), Path.Combine(archive.Folder, "Methods"));
        File.Move(program, away);
        try
        {
            var (report, text) = Report("--device cpu --quick --parts methods,peaks", code: 1);

            Assert.Equal(1, (int)report["failures"]!);
            Assert.Equal([("peaks", 0), ("methods", 127)],
                report["parts"]!.AsArray().Select(part => ((string)part!["part"]!, (int)part!["status"]!)));
            Assert.Contains("AdaptCluster.Methods", (string)report["parts"]![1]!["error"]!, StringComparison.Ordinal);
            Assert.Equal(3, Tables(report)["Peaks"].Count);
            Assert.Contains("**Failed** with status 127", text, StringComparison.Ordinal);
        }
        finally
        {
            File.Move(away, program);
        }
    }

    [Fact]
    public void A_machine_without_PyTorch_is_told_what_to_install()
    {
        Assert.SkipWhen(archive.Missing is not null, archive.Missing ?? "");

        var run = archive.Run("--quick", libtorch: false);

        Assert.Equal((2, ""), (run.Code, run.Output));
        // Some systems have a libtorch of another version in their library folders.
        Assert.True(run.Error.StartsWith("libtorch is missing: this program was published without it", StringComparison.Ordinal)
            || run.Error.StartsWith("libtorch in the system's library folders", StringComparison.Ordinal), run.Error);
        Assert.EndsWith("Install PyTorch 2.10 or 2.11, or set ADAPTCLUSTER_LIBTORCH to the 'lib' folder of an existing installation.\n",
            run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--device cuda", "--device 'cuda': NVIDIA's driver reports no GPU to this process. To run on the CPU, use 'cpu'.")]
    [InlineData("--device gpu", "--device 'gpu' is unknown; write cpu or cuda.")]
    [InlineData("--device", "run: --device needs a value.")]
    [InlineData("--parts peaks,lane",
        "run: --parts: there is no part 'lane'; write some of golden peaks precision step lanes methods evaluation sweeps with commas "
            + "between them.")]
    [InlineData("--fast", "run: unknown option '--fast'; use --device, --quick, --parts or --out.")]
    public void Options_that_cannot_work_are_refused_in_one_line(string options, string message)
    {
        Assert.SkipWhen(archive.Missing is not null, archive.Missing ?? "");
        Assert.SkipWhen(File.Exists("/dev/nvidiactl"), "This machine has a GPU.");

        var run = archive.Run(options);

        Assert.Equal((2, "", message + "\n"), (run.Code, run.Output, run.Error));
    }

    private (JsonNode Json, string Text) Report(string options, int code)
    {
        var run = archive.Run(options);
        var folder = Path.Combine(archive.Folder, "report");
        Assert.True(run.Code == code, $"{run.Output}{run.Error}{Read(Path.Combine(folder, "errors.log"))}");
        return (JsonNode.Parse(Read(Path.Combine(folder, "report.json")))!, Read(Path.Combine(folder, "report.md")));
    }

    private static Dictionary<string, JsonArray> Tables(JsonNode report) => report["tables"]!.AsArray().ToDictionary(
        table => ((string)table!["table"]!).Split(':')[0], table => table!["rows"]!.AsArray());

    private static string Read(string file) => File.Exists(file) ? File.ReadAllText(file) : "";
}
