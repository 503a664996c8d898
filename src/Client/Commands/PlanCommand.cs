using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Reports;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep plan FILE</c>.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var (file, cluster, json, set) = (CommonOptions.SpecFile(), CommonOptions.Cluster(), CommonOptions.Json(), CommonOptions.Set());
        var command = new Command("plan", "Shows what a spec would run, without side effects.") { file, cluster, json, set };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var source = parsed.GetValue(file)!;
            var (plan, cached, time) = await PlanAsync(await CommonOptions.ReadSpecAsync(source, parsed.GetValue(set)!, cancellation), source, parsed.GetValue(cluster), cancellation);
            if (parsed.GetValue(json))
            {
                var summary = new
                {
                    Jobs = plan.JobCount,
                    Packs = plan.PackCount,
                    Iterations = plan.IterationsTrained,
                    plan.IterationsWithoutSharing,
                    Cached = cached,
                    WorkerSeconds = time?.TotalSeconds,
                    plan.Warnings,
                };
                await output.WriteLineAsync(JsonSerializer.Serialize(summary, AdaptClusterJson.Indented));
                return SweepCommand.Success;
            }
            await output.WriteLineAsync($"{plan.Name}: {plan.Rows.Length} rows × {plan.Datasets.Length} data sets");
            await output.WriteLineAsync($"{plan.JobCount} jobs in {plan.PackCount} packs, {plan.IterationsTrained:N0} training iterations; {cached} jobs have a result already");
            if (plan.IterationsWithoutSharing > plan.IterationsTrained)
                await output.WriteLineAsync($"{plan.IterationsWithoutSharing:N0} iterations if rows did not share their jobs, nor jobs that differ in T_target alone their beginning");
            await output.WriteLineAsync(time is { } about ? $"about {CellText.Clock(about)} of one worker, by the speed of earlier jobs with this backbone" : "no time is known before a job with this backbone has ended here");
            foreach (var row in plan.Rows) await output.WriteLineAsync($"  {row.Label}: {row.Cells.Sum(cell => cell.Candidates.Length) * plan.Seeds.Length} jobs");
            foreach (var warning in plan.Warnings) await output.WriteLineAsync($"  {warning.Code} at {warning.Path}: {warning.Message}");
            return SweepCommand.Success;
        });
        return command;
    }

    /// <summary>Without a cluster no silo is started: planning reads the model and data folders, and the store only where there is one.</summary>
    private static async Task<PlanPreview> PlanAsync(string spec, string source, string? cluster, CancellationToken cancellation)
    {
        if (cluster is null) return await LocalPlanner.PlanAsync(SiloSettings.FromEnvironment(), spec, source);
        await using var connection = await SweepConnection.OpenAsync(cluster, ConnectionUse.Look, cancellation);
        return await connection.Front.PlanAsync(spec, source);
    }
}
