using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace AdaptCluster.Client.Tests.Runs;

/// <summary><c>sweep export-runs</c>: a finished sweep as other people's tools read it.</summary>
public sealed class ExportRunsTests(EndedSweep sweep)
{
    private const int Jobs = 12;

    /// <summary>Fields of Event, Summary, Value and SummaryMetadata.</summary>
    private const int Time = 1, Step = 2, Version = 3, Summary = 5, Value = 1, Tag = 1, Scalar = 2, Tensor = 8, Metadata = 9;

    [Fact]
    public async Task TensorBoard_gets_each_jobs_curves_with_true_times_and_what_it_found()
    {
        var (folder, runs) = (await ExportAsync("tensorboard", "12 runs for TensorBoard."), await RunsAsync());
        Assert.Equal(Jobs, Directory.GetDirectories(folder).Length);
        foreach (var run in OneOfEachArm(runs))
        {
            var (job, result) = ((string)run["job"]!, run["result"]!);
            var events = EventReader.Events(Directory.GetDirectories(folder, $"*_{job}").Single());
            Assert.Equal("brain.Event:2", events[0].Text(Version));
            var scalars = events.Where(one => one.Has(Summary)).SelectMany(one => one.One(Summary).All(Value)
                .Where(value => value.Has(Scalar))
                .Select(value => (Tag: value.Text(Tag), Step: (int)one.Integer(Step), Time: one.Double(Time), Value: value.Single(Scalar))))
                .ToLookup(value => value.Tag);
            var epochs = (await sweep.RunAsync("curves", "latest", "--job", job, "--json")).Json["epochs"]!.AsArray();
            foreach (var (tag, key) in new[] { ("train/loss", "loss"), ("train/accuracy", "trainAccuracy"),
                ("train/learning_rate", "learningRate"), ("tokens/image", "imageContextTokens"), ("tokens/text", "textContextTokens") })
            {
                Assert.Equal(epochs.Select(epoch => ((int)epoch!["epoch"]!, (float)(double)epoch[key]!)),
                    scalars[tag].Select(value => (value.Step, value.Value)));
            }
            foreach (var (tag, split) in new[] { ("result/test_accuracy", "test"), ("result/validation_accuracy", "validation") })
            {
                var found = Assert.Single(scalars[tag]);
                Assert.Equal((float)(100.0 * (int)result[$"{split}Correct"]! / (int)result[$"{split}Total"]!), found.Value);
                Assert.Equal(epochs.Count, found.Step);
            }
            var attempt = (await sweep.RunAsync("explain", "latest", "--job", job, "--json")).Json["attempts"]![0]!;
            var times = scalars["train/loss"].Select(value => value.Time).ToArray();
            Assert.Equal(times.Order(), times);
            Assert.All(times, time => Assert.InRange(time, Seconds(attempt["started"]!), Seconds(attempt["ended"]!)));
        }
    }

    [Fact]
    public async Task TensorBoards_table_has_what_each_method_reads_and_how_its_job_ended()
    {
        var (folder, names) = (await ExportAsync("tensorboard", "12 runs for TensorBoard."), new HashSet<string>());
        foreach (var run in await RunsAsync())
        {
            var events = EventReader.Events(Directory.GetDirectories(folder, $"*_{run["job"]}").Single());
            var start = Plugin(events, "_hparams_/session_start_info").One(3);
            var values = start.All(1).ToDictionary(entry => entry.Text(1), entry => entry.One(2));
            names.UnionWith(values.Keys);
            var definition = run["definition"]!;
            Assert.Equal((string)definition["method"]!, values["method"].Text(3));
            Assert.Equal((string)definition["dataset"]!["name"]!, values["dataset.name"].Text(3));
            Assert.Equal((double)definition["seed"]!, values["seed"].Double(2));
            var adapt = (string)definition["method"]! == "adapt";
            Assert.Equal(adapt, values.ContainsKey("tTarget"));
            Assert.Equal(adapt, values.ContainsKey("train.adapt.prunePeriod"));
            if (adapt) Assert.Equal((double)definition["train"]!["learningRate"]!, values["train.learningRate"].Double(2));
            if (adapt) Assert.Equal(1, values["train.adapt.fitSchedule"].Integer(4));
            // Completed is STATUS_SUCCESS.
            Assert.Equal(1, Plugin(events, "_hparams_/session_end_info").One(4).Integer(1));
            var about = events.Where(one => one.Has(Summary)).SelectMany(one => one.One(Summary).All(Value))
                .Single(value => value.Text(Tag) == "about");
            Assert.Contains($"| job | {run["job"]} |", about.One(Tensor).Text(8), StringComparison.Ordinal);
        }
        var experiment = Plugin(EventReader.Events(folder), "_hparams_/experiment").One(2);
        var columns = experiment.All(4).ToDictionary(info => info.Text(1));
        Assert.Equal(names.Order(StringComparer.Ordinal), columns.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["adapt", "zero-shot"],
            columns["method"].One(5).All(1).Select(value => value.Text(3)).Order(StringComparer.Ordinal));
        Assert.Equal((12.0, 24.0), (columns["tTarget"].One(6).Double(1), columns["tTarget"].One(6).Double(2)));
        Assert.Equal((1L, 0L), (columns["seed"].Integer(7), columns["shots"].Integer(7)));
        Assert.Equal("result/validation_accuracy", experiment.All(5)[0].One(1).Text(2));
    }

    [Fact]
    public async Task Python_reads_what_TensorBoard_reads()
    {
        var python = Programs.Find("python3", "/usr/bin");
        Assert.SkipWhen(python is null, "There is no Python.");
        var folder = await ExportAsync("tensorboard", "12 runs for TensorBoard.");
        var start = new ProcessStartInfo(python!, ["-c", """
            import sys
            try: from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
            except ImportError: sys.exit(77)
            from tensorboard.plugins.hparams import metadata
            from tensorboard.util import tensor_util
            runs = EventMultiplexer().AddRunsFromDirectory(sys.argv[1])
            runs.Reload()
            for run in runs.Runs():
                if run == ".": print(len(metadata.parse_experiment_plugin_data(runs.SummaryMetadata(run, metadata.EXPERIMENT_TAG)
                    .plugin_data.content).metric_infos)); continue
                info = metadata.parse_session_start_info_plugin_data(runs.SummaryMetadata(run, metadata.SESSION_START_INFO_TAG)
                    .plugin_data.content)
                assert info.hparams["dataset.name"].string_value in run
                print(run[-16:], float(tensor_util.make_ndarray(runs.Tensors(run, "result/test_accuracy")[-1].tensor_proto)))
            """, folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        Assert.SkipWhen(process.ExitCode == 77, "Python's tensorboard is not installed.");
        Assert.True(process.ExitCode == 0, await error);
        var lines = (await output).Trim().Split('\n');
        Assert.Equal(Jobs + 1, lines.Length);
        foreach (var run in await RunsAsync())
        {
            var found = lines.Select(line => line.Split(' ')).Single(line => line[0] == (string)run["job"]!)[1];
            var accuracy = 100.0 * (int)run["result"]!["testCorrect"]! / (int)run["result"]!["testTotal"]!;
            Assert.Equal((float)accuracy, (float)double.Parse(found, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task MLflow_gets_a_file_store_with_an_experiment_and_a_run_for_each_job()
    {
        var folder = await ExportAsync("mlflow", "12 runs for MLflow.");
        var experiment = Assert.Single(Directory.GetDirectories(folder));
        var id = Path.GetFileName(experiment);
        Assert.Matches("^[1-9][0-9]{17}$", id);
        var about = Yaml(experiment);
        Assert.Equal(($"\"{id}\"", "active"), (about["experiment_id"], about["lifecycle_stage"]));
        Assert.Equal($"\"{new Uri(experiment).AbsoluteUri}\"", about["artifact_location"]);
        var runs = await RunsAsync();
        var folders = Directory.GetDirectories(experiment).Where(run => Path.GetFileName(run) != "tags")
            .ToDictionary(run => File.ReadAllText(Path.Combine(run, "tags", "adaptcluster.job")));
        Assert.Equal(runs.Select(run => (string)run["job"]!).Order(StringComparer.Ordinal), folders.Keys.Order(StringComparer.Ordinal));
        foreach (var run in OneOfEachArm(runs))
        {
            var (job, own) = ((string)run["job"]!, folders[(string)run["job"]!]);
            var meta = Yaml(own);
            Assert.Equal(($"\"{Path.GetFileName(own)}\"", "3", $"\"{id}\""), (meta["run_id"], meta["status"], meta["experiment_id"]));
            Assert.InRange(long.Parse(meta["end_time"], CultureInfo.InvariantCulture),
                long.Parse(meta["start_time"], CultureInfo.InvariantCulture), long.MaxValue);
            Assert.Equal((string)run["definition"]!["method"]!, File.ReadAllText(Path.Combine(own, "params", "method")));
            var epochs = (await sweep.RunAsync("curves", "latest", "--job", job, "--json")).Json["epochs"]!.AsArray();
            if (epochs.Count == 0) continue;
            var lines = File.ReadAllLines(Path.Combine(own, "metrics", "train", "loss")).Select(line => line.Split(' ')).ToArray();
            Assert.Equal(epochs.Select(epoch => ((double)epoch!["loss"]!, (int)epoch["epoch"]!)), lines.Select(line =>
                (double.Parse(line[1], CultureInfo.InvariantCulture), int.Parse(line[2], CultureInfo.InvariantCulture))));
            Assert.All(lines, line => Assert.InRange(long.Parse(line[0], CultureInfo.InvariantCulture),
                long.Parse(meta["start_time"], CultureInfo.InvariantCulture), long.Parse(meta["end_time"], CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task Csv_is_a_table_of_runs_and_one_of_numbers()
    {
        var folder = await ExportAsync("csv", "12 runs for any tool that reads CSV.");
        var runs = File.ReadAllLines(Path.Combine(folder, "runs.csv"));
        Assert.Equal(Jobs + 1, runs.Length);
        Assert.StartsWith("run,name,sweep,sweep_name,arm,method,dataset,seed,state,", runs[0], StringComparison.Ordinal);
        var metrics = File.ReadAllLines(Path.Combine(folder, "metrics.csv")).Select(line => line.Split(',')).ToArray();
        Assert.Equal(["run", "step", "time", "metric", "value"], metrics[0]);
        foreach (var run in OneOfEachArm(await RunsAsync()))
        {
            var job = (string)run["job"]!;
            var line = Assert.Single(runs, line => line.StartsWith(job, StringComparison.Ordinal));
            var config = line[line.IndexOf("\"{", StringComparison.Ordinal)..(line.IndexOf("}\"", StringComparison.Ordinal) + 2)];
            Assert.Equal((int)run["definition"]!["seed"]!,
                (int)JsonNode.Parse(config[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal))!["seed"]!);
            var epochs = (await sweep.RunAsync("curves", "latest", "--job", job, "--json")).Json["epochs"]!.AsArray();
            Assert.Equal(epochs.Select(epoch => (double)epoch!["loss"]!), metrics.Where(row => row[0] == job && row[3] == "train/loss")
                .Select(row => double.Parse(row[4], CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task One_job_is_exported_alone_and_json_says_what_was_written()
    {
        var (job, folder) = ((string)(await RunsAsync())[0]["job"]!, Out());

        var ended = await sweep.RunAsync("export-runs", "latest", "--to", "tensorboard", "--job", job, "--out", folder, "--json");

        Assert.Equal((0, ""), (ended.Code, ended.Error));
        Assert.Equal((folder, "tensorboard", 1, 1, 0), ((string)ended.Json["out"]!, (string)ended.Json["to"]!, (int)ended.Json["runs"]!,
            (int)ended.Json["states"]!["completed"]!, (int)ended.Json["unfinished"]!));
        Assert.EndsWith($"_{job}", Assert.Single(Directory.GetDirectories(folder)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_is_replaced_when_that_is_asked_for_and_nothing_else_ever()
    {
        var folder = await ExportAsync("csv", "12 runs for any tool that reads CSV.");
        var again = await sweep.RunAsync("export-runs", "latest", "--to", "mlflow", "--out", folder);
        Assert.Equal(2, again.Code);
        Assert.Contains("use --force to replace the export in it", again.Error, StringComparison.Ordinal);

        Assert.Equal(0, (await sweep.RunAsync("export-runs", "latest", "--to", "mlflow", "--out", folder, "--force")).Code);

        Assert.False(File.Exists(Path.Combine(folder, "runs.csv")));
        Assert.Single(Directory.GetDirectories(folder));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(folder)!, Path.GetFileName(folder) + "*"));
        // What MLflow itself writes there later is no export's.
        var later = Path.Combine(Directory.GetDirectories(folder)[0], "own-run");
        await File.WriteAllTextAsync(later, "text", Token);
        File.SetLastWriteTimeUtc(later, File.GetLastWriteTimeUtc(later).AddSeconds(5));
        var kept = await sweep.RunAsync("export-runs", "latest", "--to", "csv", "--out", folder, "--force");
        Assert.Equal(2, kept.Code);
        Assert.Contains(" is newer than the export; move it away", kept.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(later));
        var others = Directory.CreateDirectory(Out()).FullName;
        await File.WriteAllTextAsync(Path.Combine(others, "thesis.tex"), "text", Token);
        var refused = await sweep.RunAsync("export-runs", "latest", "--to", "csv", "--out", others, "--force");
        Assert.Equal(2, refused.Code);
        Assert.Contains("the folder is not empty and is not an earlier export", refused.Error, StringComparison.Ordinal);
        Assert.Equal("text", await File.ReadAllTextAsync(Path.Combine(others, "thesis.tex"), Token));
    }

    [Theory]
    [InlineData("export-runs latest --to csv", "'--out' is required")]
    [InlineData("export-runs latest --to tensorbord --out x", "found 'tensorbord' (did you mean 'tensorboard'?)")]
    [InlineData("export-runs latest --to wandb-offline --out x", "write tensorboard, mlflow or csv")]
    [InlineData("export-runs latest --to csv --out x --job zz", "--job zz: a job id contains only hexadecimal digits")]
    [InlineData("export-runs nothing --to csv --out x", "there is no sweep 'nothing'")]
    public async Task What_cannot_be_exported_is_refused_in_one_line(string arguments, string expected)
    {
        var ended = await sweep.RunAsync(arguments.Split(' '));

        Assert.Equal(2, ended.Code);
        Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
        Assert.Single(ended.Error.Split('\n'));
        Assert.Empty(Directory.GetFileSystemEntries(sweep.Home.Folder, "x*"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Out() => Path.Combine(sweep.Home.Folder, $"runs-{Guid.NewGuid():N}");

    private async Task<string> ExportAsync(string tool, string said)
    {
        var folder = Out();
        var ended = await sweep.RunAsync("export-runs", "latest", "--to", tool, "--out", folder);
        Assert.Equal((0, "", $"{folder}: {said}"), (ended.Code, ended.Error, ended.Output));
        return folder;
    }

    private async Task<JsonNode[]> RunsAsync() =>
        [.. (await sweep.RunAsync("results", "latest", "--runs", "--json")).Json["runs"]!.AsArray().Select(run => run!["run"]!)];

    private static IEnumerable<JsonNode> OneOfEachArm(JsonNode[] runs) =>
        runs.DistinctBy(run => ((string)run["definition"]!["method"]!, (int?)run["definition"]!["tTarget"]));

    /// <summary>The HParamsPluginData of the one summary with a tag.</summary>
    private static WireMessage Plugin(List<WireMessage> events, string tag)
    {
        var metadata = events.Where(one => one.Has(Summary)).SelectMany(one => one.One(Summary).All(Value))
            .Single(value => value.Text(Tag) == tag).One(Metadata).One(1);
        Assert.Equal("hparams", metadata.Text(1));
        return metadata.One(2);
    }

    private static double Seconds(JsonNode time) => ((DateTimeOffset)time).ToUnixTimeMilliseconds() / 1000.0;

    /// <summary>The pairs of a meta.yaml, as they stand.</summary>
    private static Dictionary<string, string> Yaml(string folder) => File.ReadAllLines(Path.Combine(folder, "meta.yaml"))
        .Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
