using System.Security.Cryptography;

namespace AdaptCluster.Client.Tests.Commands;

public sealed class LogsAndRunsTests(EndedSweep sweep)
{
    [Fact]
    public async Task A_finished_sweep_tells_when_and_where_each_attempt_ran_and_what_each_number_depends_on()
    {
        var submitted = await sweep.SubmittedAsync();

        var log = await sweep.RunAsync("logs", "latest", "--follow");
        var lines = log.Output.Split('\n');
        Assert.Equal(24, lines.Length);
        Assert.Equal(lines.Order(StringComparer.Ordinal).Select(line => line[..24]), lines.Select(line => line[..24]));
        Assert.Equal((12, 12), (lines.Count(line => line.Contains("  started    ", StringComparison.Ordinal)),
            lines.Count(line => line.Contains("  completed  ", StringComparison.Ordinal))));
        var job = lines[0].Split("  ")[1];
        var ofOne = (await sweep.RunAsync("logs", "latest", "--job", job, "--json")).Json.AsArray();
        Assert.Equal(["open", "completed"], ofOne.Select(e => (string?)e!["outcome"]));

        var runs = (await sweep.RunAsync("results", "latest", "--runs", "--json")).Json;
        Assert.Equal(12, runs["runs"]!.AsArray().Count);
        Assert.Equal("tiny-clip", (string?)runs["spec"]!["backbone"]);
        var run = runs["runs"]!.AsArray().Single(run => (string?)run!["run"]!["job"] == job)!;
        Assert.NotNull(run["ranOn"]!["packages"]!["libtorch"]);
        Assert.Equal(SHA256.HashSizeInBytes * 2, ((string?)runs["datasetFingerprints"]!["tiny-kinds"])!.Length);
        // The accuracies of the table are those of the runs.
        var expected = submitted.Json["rows"]!.AsArray()
            .Single(row => (string?)row!["label"] == "Adapt (T=12)")!["cells"]!["tiny-kinds"]!["test"]!["runs"]!.AsArray()
            .Select(value => (double)value!);
        var found = runs["runs"]!.AsArray().Select(run => run!["run"]!)
            .Where(run => (int?)run["definition"]!["tTarget"] == 12 && (string?)run["definition"]!["dataset"]!["name"] == "tiny-kinds")
            .Select(run => 100.0 * (int)run["result"]!["testCorrect"]! / (int)run["result"]!["testTotal"]!);
        Assert.Equal(expected, found);

        var csv = (await sweep.RunAsync("results", "latest", "--runs", "--format", "csv")).Output.Split('\n');
        Assert.StartsWith("job,method,scorer,t_target,dataset,seed,state,test_accuracy,", csv[0], StringComparison.Ordinal);
        Assert.Equal(13, csv.Length);
    }

    [Theory]
    [InlineData("logs latest --job zz", "--job zz: a job id contains only hexadecimal digits")]
    [InlineData("results latest --runs --format latex", "--runs: --format latex prints only the table")]
    [InlineData("submit small.json --pool Large", "--pool: write 1 to 64 lower-case letters, digits and hyphens")]
    [InlineData("submit small.json --pool large", "--pool large: no silo serves this pool; available pools: cpu.")]
    public async Task What_cannot_be_shown_or_run_is_refused_in_one_line(string arguments, string expected)
    {
        var ended = await sweep.RunAsync(arguments.Split(' '));

        Assert.Equal(2, ended.Code);
        Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
        Assert.Single(ended.Error.Split('\n'));
    }
}
