using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AdaptCluster.Web.Tests.Api;

/// <summary>The notebook of the docs reads what it says, by requests and pandas alone.</summary>
public sealed partial class NotebookTests(ApiSite site) : IClassFixture<ApiSite>
{
    private static readonly string[] Cells =
        [.. JsonNode.Parse(File.ReadAllText(Repository.At("docs/notebooks/results.ipynb")))!["cells"]!.AsArray()
            .Where(cell => (string?)cell!["cell_type"] == "code")
            .Select(cell => string.Concat(cell!["source"]!.AsArray().Select(line => (string?)line)))];

    [Fact]
    public void It_asks_for_routes_of_the_api_with_the_parameters_that_they_take()
    {
        var paths = JsonNode.Parse(File.ReadAllText(Repository.At("docs/reference/openapi.json")))!["paths"]!.AsObject();
        var asked = Cells.SelectMany(cell => Request().Matches(cell)).ToArray();

        Assert.Equal(4, asked.Length);
        Assert.All(asked, request =>
        {
            var shape = Hole().Replace(request.Groups["path"].Value, "{}");
            var route = paths.Single(path => Hole().Replace(path.Key, "{}") == $"/api/v1/{shape}");
            var known = route.Value!["get"]!["parameters"]?.AsArray().Select(one => (string?)one!["name"]) ?? [];
            Assert.Empty(request.Groups["name"].Captures.Select(name => name.Value).Except(known));
        });
    }

    [Fact]
    public async Task Its_cells_run_and_what_they_read_is_what_the_command_prints()
    {
        var python = Programs.Find("python3", "/usr/bin");
        Assert.SkipWhen(python is null, "There is no Python.");
        var (lacks, _, _) = await RunAsync(python!, "import pandas, requests");
        Assert.SkipWhen(lacks != 0, $"{python} has no pandas or no requests, so the notebook's cells have not been run.");

        var (code, output, error) = await RunAsync(python!, string.Join("\n\n", [.. Cells, """
            import json
            print(json.dumps({
                "sweeps": sorted(sweeps["id"]),
                "results": [list(row) for row in results[["arm", "dataset", "test"]].itertuples(index=False)],
                "jobs": list(jobs["job"]),
                "epochs": len(epochs),
            }))
            """]));

        Assert.True(code == 0, error);
        var read = JsonNode.Parse(output)!;
        var (list, table) = ((await site.RunAsync("list", "--json")).Json, (await site.RunAsync("results", site.Sweep, "--json")).Json);
        var runs = (await site.RunAsync("results", site.Sweep, "--runs", "--json")).Json["runs"]!.AsArray();
        Same([.. list.AsArray().Select(sweep => (string)sweep!["id"]!).Order(StringComparer.Ordinal)], read["sweeps"]!);
        Same([.. table["rows"]!.AsArray().SelectMany(row => row!["cells"]!.AsObject().Select(cell =>
            new JsonArray((string)row["label"]!, cell.Key, (double)cell.Value!["test"]!["mean"]!)))], read["results"]!);
        Same([.. runs.Select(line => (string)line!["run"]!["job"]!)], read["jobs"]!);
        var trained = runs.Where(line => (string?)line!["run"]!["definition"]!["method"] != "zero-shot").ToArray();
        Assert.Equal(trained.Sum(line => (int)line!["run"]!["definition"]!["train"]!["epochs"]!), (int)read["epochs"]!);
    }

    private static void Same(JsonArray expected, JsonNode found) =>
        Assert.True(JsonNode.DeepEquals(expected, found), $"{expected}\n\n{found}");

    private async Task<(int Code, string Output, string Error)> RunAsync(string python, string script)
    {
        var start = new ProcessStartInfo(python, ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["ADAPTCLUSTER_URL"], start.Environment["ADAPTCLUSTER_TOKEN"]) = (site.Address, ApiSite.Reading);
        start.Environment["ADAPTCLUSTER_SWEEP"] = site.Sweep;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }

    /// <summary>What a cell reads by its own functions, with the names of its parameters.</summary>
    [GeneratedRegex("""(?<![.\w])(?:get|pages)\(f?"(?<path>[^"]+)"(?:, (?<name>\w+)=[^,)]+)*\)""")]
    private static partial Regex Request();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Hole();
}
