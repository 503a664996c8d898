using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Output;

/// <summary>
/// Writes the jobs behind a table. JSON and CSV are written page by page, so that memory use does not grow with the number of jobs.
/// </summary>
internal static class RunsWriter
{
    private static readonly string[] Columns =
    [
        "job", "method", "scorer", "t_target", "dataset", "seed", "state", "test_accuracy", "validation_accuracy",
        "image_context_tokens", "text_context_tokens",
        "trainable_parameters", "multiply_adds", "seconds", "attempts", "worker", "environment", "cached_from", "error",
        "shots", "backbone", "classes", "targets",
    ];

    private const int TestColumn = 7, ValidationColumn = 8;

    /// <summary>The columns of the text and Markdown formats; CSV has all columns.</summary>
    private static readonly int[] Shown = [0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15];

    /// <summary>Writes the runs.</summary>
    /// <param name="output">The writer that receives the text.</param>
    /// <param name="reads">The reader for the runs.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="format">The format: text, md, csv or json.</param>
    public static async Task WriteAsync(TextWriter output, ISweepReads reads, SweepId sweep, string format)
    {
        var page = await reads.RunsAsync(sweep, new(0));
        if (format == "json") await BeginJsonAsync(output, page);
        else if (format == "csv") await output.WriteLineAsync(string.Join(',', Columns));
        var (rows, jobs) = (new List<string[]>(), new List<JobDefinition>());
        for (var from = 0; page.Runs.Length > 0; page = await reads.RunsAsync(sweep, new(from)))
        {
            foreach (var run in page.Runs)
            {
                if (format == "json")
                    await output.WriteAsync((from > 0 ? ",\n" : "\n")
                        + SweepJob.Of(run, page).ToLine());
                else if (format == "csv") await output.WriteLineAsync(string.Join(',', Fields(run).Select(TableWriter.Quote)));
                else
                {
                    rows.Add(ForPeople(run));
                    jobs.Add(run.Definition);
                }
                from++;
            }
        }
        string[] headers = [.. Shown.Select(column => Columns[column])];
        if (Settings(jobs) is { } settings)
        {
            headers = [.. headers, "settings"];
            rows = [.. rows.Zip(settings, (row, text) => (string[])[.. row, text])];
        }
        if (format == "json") await output.WriteLineAsync("\n]}");
        else if (format == "md") TableWriter.MarkdownGrid(output, headers, rows);
        else if (format == "text") TextTable.Write(output, headers, rows);
    }

    /// <summary>Returns the settings that distinguish jobs with equal columns, such as "weight=0.1"; null if there are none.</summary>
    private static string[]? Settings(List<JobDefinition> jobs)
    {
        var settings = Enumerable.Repeat("", jobs.Count).ToArray();
        foreach (var same in jobs.Index()
            .GroupBy(one => (one.Item.Method, one.Item.Scorer, one.Item.TTarget, one.Item.Dataset.Name, one.Item.Seed))
            .Where(same => same.Count() > 1))
        {
            var suffixes = RunParameters.Suffixes([.. same.Select(one => RunParameters.WithoutSeedAndDataset(one.Item))]);
            foreach (var (one, suffix) in same.Zip(suffixes)) settings[one.Index] = suffix.Length > 0 ? suffix[2..^1] : "";
        }
        return Array.Exists(settings, text => text.Length > 0) ? settings : null;
    }

    private static Task BeginJsonAsync(TextWriter output, SweepRuns page)
    {
        var head = JsonOutput.Node(SweepJobs.Head(page))!.AsObject();
        head.Remove("runs");
        return output.WriteAsync($"{head.ToJsonString(AdaptClusterJson.Indented)[..^1].TrimEnd()},\n  \"runs\": [");
    }

    private static string[] Fields(JobRun run)
    {
        var (job, result) = (run.Definition, run.Result);
        return
        [
            run.Job.Value, job.Method, job.Scorer?.Name ?? "", $"{job.TTarget}", job.Dataset.Name, Text(job.Seed),
            AdaptClusterJson.Name(run.State),
            result is null ? "" : Percent(result.TestCorrect, result.TestTotal), result is null ? ""
                : Percent(result.ValidationCorrect, result.ValidationTotal),
            Text(result?.ImageContextTokens), Text(result?.TextContextTokens), Text(result?.TrainableParameters),
            Text(result?.MultiplyAdds),
            result?.Duration.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture) ?? "",
            Text(run.Attempts), run.Worker ?? "", run.Environment ?? "", run.CachedFrom ?? "", run.Error ?? "",
            Text(job.Shots), job.Backbone, job.Dataset.Classes ?? "", Targets(result),
        ];
    }

    private static string[] ForPeople(JobRun run)
    {
        var fields = Fields(run);
        if (run.Result is { } result)
            (fields[TestColumn], fields[ValidationColumn]) =
                (Rounded(result.TestCorrect, result.TestTotal), Rounded(result.ValidationCorrect, result.ValidationTotal));
        return [.. Shown.Select(column => fields[column])];
        static string Rounded(int correct, int total) => total == 0 ? "" : CellText.Number(Accuracy.Percent(correct, total), "F2");
    }

    /// <summary>Returns the accuracy on each target, such as "new=61.5 tiny-foggy=58.25".</summary>
    private static string Targets(JobResult? result) =>
        string.Join(' ', (result?.Targets ?? []).Select(target => $"{target.Name}={Percent(target.Correct, target.Total)}"));

    private static string Percent(int correct, int total) =>
        total == 0 ? "" : Accuracy.Percent(correct, total).ToString("R", CultureInfo.InvariantCulture);

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
