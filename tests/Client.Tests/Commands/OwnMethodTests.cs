
namespace AdaptCluster.Client.Tests.Commands;

/// <summary>A method in an assembly of its own (ADAPTCLUSTER_METHODS) goes the way of the others from the spec to the figure.</summary>
public sealed class OwnMethodTests
{
    private const string Spec = """
        {
          "name": "own", "backbone": "tiny-clip", "shots": 2, "seeds": [1, 2], "datasets": ["tiny-kinds"], "train": {"epochs": 6},
          "arms": [{"method": "shift", "shift": {"strength": [0.5, 2]}}, {"method": "zero-shot"}]
        }
        """;

    [Fact]
    public async Task It_is_planned_killed_resumed_tabled_drawn_and_documented()
    {
        using var calm = new TemporaryHome();
        using var faulted = new TemporaryHome();
        var planned = await RunAsync(calm, "plan", calm.Write("own.json", Spec), "--json");
        Assert.True(planned.Code == 0, planned.Error);
        Assert.Equal(6, (int)planned.Json["jobs"]!);
        var expected = await RunAsync(calm, "submit", calm.Write("own.json", Spec), "--json");
        Assert.True(expected.Code == 0, expected.Error);

        var file = faulted.Write("own.json", Spec);
        using (var sweep = Start(faulted, "submit", file, "--json"))
        {
            await sweep.WaitForErrorAsync("jobs ·");
            await Task.Delay(300, TestContext.Current.CancellationToken);
            sweep.Kill();
            await sweep.EndAsync();
        }
        var actual = await RunAsync(faulted, "submit", file, "--json");

        Assert.True(actual.Code == 0, actual.Error);
        Assert.Equal(expected.Output, actual.Output);
        Assert.Equal(["Shift (strength=0.5)", "Shift (strength=2)", "Zero-shot"],
            actual.Json["rows"]!.AsArray().Select(row => (string)row!["label"]!));
        foreach (var kind in (string[])["table", "axis"])
            Assert.True((await RunAsync(faulted, "plot", "latest", "--kind", kind, "--out", kind + ".svg")) is { Code: 0 });
        // Jobs whose columns would be equal are told apart by their settings.
        var runs = (await RunAsync(faulted, "results", "latest", "--runs")).Output;
        Assert.Contains("strength=0.5", runs, StringComparison.Ordinal);
        Assert.Contains("strength=2", runs, StringComparison.Ordinal);
        Assert.Contains("| `shift.strength` | 1 | 0.001 to 1000 | The factor by which the trained vector is multiplied. |",
            (await RunAsync(faulted, "methods")).Output, StringComparison.Ordinal);
        var listed = (await RunAsync(faulted, "methods", "--json")).Json.AsArray()[^1]!;
        Assert.Equal(("shift", 20, "strength"),
            ((string)listed["name"]!, (int)listed["preset"]!["epochs"]!, (string)listed["settings"]![0]!["name"]!));
        Assert.NotNull((await RunAsync(faulted, "methods", "--schema")).Json["$defs"]!["shift.strength"]);
    }

    [Fact]
    public async Task Without_its_assembly_the_method_is_unknown_and_a_wrong_path_is_named()
    {
        using var home = new TemporaryHome();
        var file = home.Write("own.json", Spec);
        var unknown = await SweepProcess.RunAsync(home, "submit", file);
        Assert.Equal(2, unknown.Code);
        Assert.Contains("$.arms[0]", unknown.Error, StringComparison.Ordinal);

        using var wrong = SweepProcess.Start(home, "env", ["ADAPTCLUSTER_METHODS=/none.dll", SweepProcess.Program, "submit", file]);
        var refused = await wrong.EndAsync();
        Assert.Equal((2, "sweep: Methods (ADAPTCLUSTER_METHODS): /none.dll: the file does not exist; write the path of an assembly with "
            + "methods or data set formats."), (refused.Code, refused.Error));
    }

    private static SweepProcess Start(TemporaryHome home, params string[] arguments) =>
        SweepProcess.Start(home, "env", [$"ADAPTCLUSTER_METHODS={ShiftExample.File}", SweepProcess.Program, .. arguments]);

    private static async Task<SweepProcess.Ended> RunAsync(TemporaryHome home, params string[] arguments)
    {
        using var process = Start(home, arguments);
        return await process.EndAsync();
    }
}
