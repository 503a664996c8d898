using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep plan FILE</c>.</summary>
internal static class PlanCommand
{
    public static Command Create(Connector connector)
    {
        var (file, cluster, json, set) = (CommonOptions.SpecFile(),
            CommonOptions.Cluster(connector, "the command plans for the models and data on this machine"),
            CommonOptions.Json(), CommonOptions.Set());
        var command = new Command("plan", "Shows the jobs, packs and iterations of a spec, without running anything.")
        {
            file, cluster, json, set,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, source) = (parsed.InvocationConfiguration.Output, parsed.GetValue(file)!);
            var spec = await CommonOptions.ReadSpecAsync(source, parsed.GetValue(set)!, cancellation);
            var preview = await LongPlan.WaitAsync(PlanAsync(connector, spec, source, parsed.GetValue(cluster), cancellation), source,
                parsed.InvocationConfiguration.Error, TimeProvider.System);
            // A cluster's workers come and go, and are shared with others.
            var workers = parsed.GetValue(cluster) is null ? connector.WithoutCluster.Workers : (int?)null;
            await (parsed.GetValue(json) ? JsonOutput.WriteAsync(output, PlanDocument.Of(preview, workers))
                : WriteAsync(output, preview, workers));
            return SweepCommand.Success;
        });
        return command;
    }

    private static async Task WriteAsync(TextWriter output, PlanPreview preview, int? workers)
    {
        var (plan, cached, time) = preview;
        await output.WriteLineAsync(
            $"{plan.Name}: {CountText.Of(plan.Rows.Length, "row")} × {CountText.Of(plan.Datasets.Length, "data set")}");
        await output.WriteLineAsync(
            $"{CountText.Of(plan.JobCount, "job")} in {CountText.Of(plan.PackCount, "pack")}, "
            + $"{CountText.Of(plan.IterationsTrained, "training iteration")}; {CountText.Of(cached, "cached job")}"
            + (preview.Evaluated > 0 ? $", {preview.Evaluated} only evaluated with prompts trained earlier" : ""));
        await output.WriteLineAsync($"{(plan.Seeds.Length == 1 ? "seed" : "seeds")} {Seeds(plan.Seeds)}");
        var more = workers < plan.MostWorkers ? $", and up to {plan.MostWorkers} if more are available" : "";
        await output.WriteLineAsync((workers is { } here
            ? $"uses {Math.Min(here, plan.MostWorkers)} of {CountText.Of(here, "worker")} here{more}"
            : $"uses up to {CountText.Of(plan.MostWorkers, "worker")} at once") + "; packs are split to keep idle workers busy");
        if (plan.IterationsWithoutSharing > plan.IterationsTrained)
        {
            await output.WriteLineAsync($"  {plan.IterationsWithoutSharing,11:N0} iterations without sharing");
            await output.WriteLineAsync($"  {plan.Iterations,11:N0} when identical jobs in several rows run once; progress counts these");
            await output.WriteLineAsync($"  {plan.IterationsTrained,11:N0} when jobs that differ only in T_target also share iterations");
        }
        await output.WriteLineAsync(time is { } about
            ? $"about {CellText.Clock(about)} on one worker, estimated from earlier jobs with this backbone"
            : "no time estimate until a job with this backbone has finished here");
        foreach (var row in plan.Rows)
            await output.WriteLineAsync(
                $"  {row.Label}: {CountText.Of(row.Cells.Sum(cell => cell.Candidates.Length) * plan.Seeds.Length, "job")}");
        foreach (var warning in plan.Warnings) await output.WriteLineAsync($"  {warning.Code} at {warning.Path}: {warning.Message}");
        await output.WriteLineAsync("for terms such as pack, worker and arm, see docs/users/glossary.md");
    }

    /// <summary>Formats seeds; four or more consecutive seeds are shown as a range.</summary>
    internal static string Seeds(IReadOnlyList<int> seeds)
    {
        var parts = new List<string>();
        for (int from = 0, to; from < seeds.Count; from = to + 1)
        {
            for (to = from; to + 1 < seeds.Count && seeds[to + 1] == seeds[to] + 1;) to++;
            if (to - from < 3) to = from;
            parts.Add(to == from ? $"{seeds[from]}" : $"{seeds[from]} to {seeds[to]}");
        }
        return string.Join(", ", parts);
    }

    /// <summary>
    /// Plans the spec. Without a cluster, no silo is started: planning reads the model and data folders, and the store if there is one.
    /// </summary>
    private static Task<PlanPreview> PlanAsync(
        Connector connector, string spec, string source, string? cluster, CancellationToken cancellation) =>
        cluster is null ? connector.WithoutCluster.PlanAsync(spec, source)
            : connector.LookAsync(cluster, connection => connection.PlanAsync(spec, source), cancellation);
}
