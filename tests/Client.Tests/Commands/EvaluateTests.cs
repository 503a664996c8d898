namespace AdaptCluster.Client.Tests.Commands;

/// <summary><c>sweep evaluate</c>: prompts that a sweep has trained, on data sets that it did not know.</summary>
public sealed class EvaluateTests
{
    private const string Spec = """
        {"name": "trained", "backbone": "tiny-clip", "shots": 2, "seeds": [1], "datasets": ["tiny-kinds", "tiny-textures"],
         "arms": [{"method": "zero-shot"}, {"method": "coop", "coop": {"contextLength": 4}, "learningRate": [0.005, 0.01]},
                  {"method": "adapt", "tTarget": {"adaptive": [44, 40]}, "adapt": {"maxContextLength": 8, "promptDepth": 3,
                   "pruneWarmupEpochs": 0, "prunePeriod": 2}}, {"method": "lamm"}],
         "train": {"epochs": 2, "batchSize": 8, "learningRate": 0.005, "learningRateWarmupEpochs": 0, "augmentation": "none"} }
        """;

    private static readonly string WithTargets =
        Spec.Replace("\"shots\"", "\"evaluate\": [\"tiny-objects\"], \"shots\"", StringComparison.Ordinal);

    [Fact]
    public async Task Prompts_find_on_another_data_set_what_a_sweep_finds_that_had_it_from_the_beginning_and_nothing_trains_twice()
    {
        using var home = new TemporaryHome();
        using var other = new TemporaryHome();
        var (trained, whole) = (await SucceedAsync(home, "submit", home.Write("trained.json", Spec), "--json"),
            await SucceedAsync(other, "submit", other.Write("trained.json", WithTargets), "--json"));
        var plan = await SucceedAsync(home, "plan", home.Write("targets.json", WithTargets), "--json");
        // Four jobs of CoOp and four of Adapt; zero-shot trains nothing, and LAMM has no number there, so that its jobs are the same.
        Assert.Equal((8, 2), ((int)plan.Json["evaluated"]!, (int)plan.Json["cached"]!));

        var evaluated = await SucceedAsync(home, "evaluate", "latest", "--all", "--on", "tiny-objects", "--json");

        Assert.Equal(whole.Json["sections"]!.ToJsonString(), evaluated.Json["sections"]!.ToJsonString());
        Assert.Equal(Accuracies(whole), Accuracies(evaluated));
        Assert.Contains("LAMM trains parameters for each class", evaluated.Error, StringComparison.Ordinal);
        Assert.Equal("trained on tiny-objects", (string)evaluated.Json["name"]!);
        await RequireUntrainedAsync(home, (string)evaluated.Json["sweep"]!, (string)trained.Json["sweep"]!);

        // The same once more is the same sweep, and under another name all of it is in the cache.
        var again = await SucceedAsync(
            home, "evaluate", (string)trained.Json["sweep"]!, "--all", "--on", "tiny-objects", "--name", "again", "--json");
        Assert.Equal((int)again.Json["jobs"]!["total"]!, (int)again.Json["jobs"]!["cached"]!);
        Assert.Equal(whole.Json["sections"]!.ToJsonString(), again.Json["sections"]!.ToJsonString());

        await RequireOneJobAsync(home, (string)trained.Json["sweep"]!, whole);
        await RequireRefusalsAsync(home, (string)trained.Json["sweep"]!);
    }

    /// <summary>Each job of each method in a sweep of its own: its arm with its values of all axes, its data set and its seed.</summary>
    private static async Task RequireOneJobAsync(TemporaryHome home, string sweep, SweepProcess.Ended whole)
    {
        var runs = (await SucceedAsync(home, "results", sweep, "--runs", "--json")).Json["runs"]!.AsArray();
        var job = (string)runs.Last(run => (string)run!["run"]!["definition"]!["method"]! == "adapt")!["run"]!["job"]!;

        // The other data set of the sweep, which the restricted spec no longer lists.
        var one = await SucceedAsync(home, "evaluate", sweep, "--job", job, "--on", "tiny-kinds", "--on", "tiny-objects", "--json");

        Assert.Equal(1, (int)one.Json["jobs"]!["total"]!);
        var only = (await SucceedAsync(home, "explain", (string)one.Json["sweep"]!, "--job", await OnlyJobAsync(home, one), "--json")).Json;
        Assert.Equal(job, (string)only["result"]!["trainedFrom"]!["job"]!);
        Assert.Equal(["tiny-kinds", "tiny-objects"], only["result"]!["targets"]!.AsArray().Select(target => (string)target!["name"]!));
        var text = await SucceedAsync(home, "explain", (string)one.Json["sweep"]!, "--job", await OnlyJobAsync(home, one));
        Assert.Contains($"prompts trained by job {job} of sweep {sweep}; this job only evaluated "
            + "them", text.Output, StringComparison.Ordinal);
        Assert.NotEmpty(whole.Json["sections"]!.AsArray());
    }

    private static async Task<string> OnlyJobAsync(TemporaryHome home, SweepProcess.Ended sweep) => (string)
        (await SucceedAsync(home, "results", (string)sweep.Json["sweep"]!, "--runs", "--json")).Json["runs"]![0]!["run"]!["job"]!;

    private static async Task RequireRefusalsAsync(TemporaryHome home, string sweep)
    {
        var runs = (await SucceedAsync(home, "results", sweep, "--runs", "--json")).Json["runs"]!.AsArray();
        var lamm = (string)runs.Last(run => (string)run!["run"]!["definition"]!["method"]! == "lamm")!["run"]!["job"]!;
        foreach (var (words, refusal) in ((string[], string)[])
        [
            (["nothing", "--all", "--on", "tiny-objects"], "there is no sweep 'nothing'"),
            ([sweep, "--all", "--on", "tiny-stripes"], "$.evaluate[0]: data set 'tiny-stripes' is unknown"),
            ([sweep, "--all", "--on", "new"], "'tiny-kinds' is used with all of its classes"),
            ([sweep, "--all", "--on", "{\"name\": "], "--on {\"name\": : not valid JSON"),
            ([sweep, "--on", "tiny-objects"], "--all and --job: use only one of them."),
            ([sweep, "--job", lamm, "--on", "tiny-objects"], "nothing can be evaluated: LAMM trains parameters for each class"),
        ])
        {
            var outcome = await SweepProcess.RunAsync(home, ["evaluate", .. words]);
            Assert.Equal(2, outcome.Code);
            Assert.Contains(refusal, outcome.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>No job of a method that trains has an epoch, and each says which job trained its prompts.</summary>
    private static async Task RequireUntrainedAsync(TemporaryHome home, string sweep, string origin)
    {
        var runs = (await SucceedAsync(home, "results", sweep, "--runs", "--json")).Json["runs"]!.AsArray();
        var evaluated = runs.Select(run => run!["run"]!).Where(run => run["definition"]!["evaluate"] is not null
            && run["definition"]!["train"] is not null).ToArray();
        Assert.Equal(8, evaluated.Length);
        Assert.All(evaluated, run => Assert.Equal(origin, (string)run["result"]!["trainedFrom"]!["sweep"]!));
        var curves = await SucceedAsync(home, "curves", sweep, "--job", (string)evaluated[0]["job"]!, "--json");
        Assert.Empty(curves.Json["epochs"]!.AsArray());
        var status = (await SucceedAsync(home, "status", sweep, "--json")).Json;
        Assert.Equal((int)status["iterations"]!, (int)status["iterationsDone"]!);
    }

    private static string[] Accuracies(SweepProcess.Ended sweep) => [.. sweep.Json["rows"]!.AsArray().SelectMany(row =>
        row!["cells"]!.AsObject().Select(cell => $"{row["label"]} {cell.Key} {cell.Value!["test"]!["mean"]}"))];

    private static async Task<SweepProcess.Ended> SucceedAsync(TemporaryHome home, params string[] words)
    {
        var outcome = await SweepProcess.RunAsync(home, words);
        Assert.True(outcome.Code == 0, outcome.Error);
        return outcome;
    }
}
