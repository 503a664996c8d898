using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Runs;
using AdaptCluster.Client.Runs.TensorBoard;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep export-runs ID --to TOOL --out DIR</c>: exports jobs as runs for experiment trackers.</summary>
internal static class ExportRunsCommand
{
    /// <summary>The display names of the tools, keyed by option value.</summary>
    private static readonly Dictionary<string, string> Tools = new()
    {
        ["tensorboard"] = "TensorBoard",
        ["mlflow"] = "MLflow",
        ["csv"] = "any tool that reads CSV",
    };

    public static Command Create(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var job = CommonOptions.Job(connector);
        job.Required = false;
        job.Description = "Export only this job: its id, or an unambiguous prefix of it.";
        var to = new Option<string>("--to")
        {
            HelpName = "TOOL",
            Description = "tensorboard (event files), mlflow (a file store) or csv (two tables, for W&B and pandas).",
            Required = true,
        }.OneOf([.. Tools.Keys]);
        var folder = new Option<string>("--out") { Description = "The folder to write; must be new or empty.", Required = true };
        var force = new Option<bool>("--force") { Description = "Replace an earlier export in that folder." };
        var command = new Command("export-runs",
            "Exports jobs as TensorBoard, MLflow or CSV runs, with hyperparameters, curves, results and tags.")
        {
            id, to, folder, job, force, cluster, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            // Invalid arguments are refused before any silo is called.
            var (tool, target) = (parsed.GetValue(to)!, new RunFolder(parsed.GetValue(folder)!, parsed.GetValue(force)));
            return connector.ReadSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (reads, sweep) =>
            {
                var runs = new RunReader(reads, await reads.StatusAsync(sweep));
                var tally = await target.FillAsync(beside =>
                    WriteAsync(runs, tool, beside, target.Path, parsed.GetValue(job), cancellation));
                await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(json)
                    ? JsonSerializer.Serialize(new { Out = target.Path, tally.Sweep, tally.To, tally.Runs, tally.States, tally.Unfinished },
                        AdaptClusterJson.Indented)
                    : Line(target.Path, tally));
                return SweepCommand.Success;
            }, cancellation);
        });
        return command;
    }

    private static async Task<RunTally> WriteAsync(
        RunReader runs, string tool, string folder, string path, string? job, CancellationToken cancellation)
    {
        using IRunWriter writer = tool switch
        {
            "tensorboard" => new TensorBoardWriter(folder, runs.Sweep),
            "mlflow" => new MlflowWriter(folder, path, runs.Sweep),
            _ => new CsvRunWriter(folder),
        };
        var states = new SortedDictionary<JobState, int>();
        void Write(ExportedRun run)
        {
            writer.Write(run);
            states[run.State] = states.GetValueOrDefault(run.State) + 1;
        }
        if (job is not null) Write(await runs.OneAsync(job));
        else await foreach (var run in runs.AllAsync(cancellation)) Write(run);
        writer.End();
        return new RunTally(runs.Sweep.Id.Value, tool, states.Values.Sum(), states,
            states.GetValueOrDefault(JobState.Queued) + states.GetValueOrDefault(JobState.Running));
    }

    private static string Line(string path, RunTally tally)
    {
        var states = tally.States.Where(state => state.Key is JobState.Queued or JobState.Running)
            .Select(state => CountText.Of(state.Value, AdaptClusterJson.Name(state.Key), AdaptClusterJson.Name(state.Key)));
        return $"{path}: {CountText.Of(tally.Runs, "run")} for {Tools[tally.To]}" + (tally.Unfinished == 0 ? "."
            : $"; {CountText.Of(tally.Unfinished, "is", "are")} unfinished ({string.Join(", ", states)}), so their export is incomplete; "
                + "repeat the command with --force to export again.");
    }
}
