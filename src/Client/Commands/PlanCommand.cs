using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
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
            var plan = await PlanAsync(await CommonOptions.ReadSpecAsync(source, parsed.GetValue(set)!, cancellation), source, parsed.GetValue(cluster), cancellation);
            if (parsed.GetValue(json))
            {
                var summary = new
                {
                    Jobs = plan.Jobs.Length,
                    Packs = plan.Packs.Length,
                    plan.Iterations,
                    IterationsWithoutSharing = plan.Iterations,
                    Cached = 0,
                    plan.Warnings,
                };
                await output.WriteLineAsync(JsonSerializer.Serialize(summary, AdaptClusterJson.Indented));
                return SweepCommand.Success;
            }
            await output.WriteLineAsync($"{plan.Name}: {plan.Rows.Length} rows × {plan.Datasets.Length} data sets");
            await output.WriteLineAsync($"{plan.Jobs.Length} jobs in {plan.Packs.Length} packs, {plan.Iterations:N0} training iterations");
            foreach (var row in plan.Rows) await output.WriteLineAsync($"  {row.Label}: {row.Cells.Sum(cell => cell.Candidates.Sum(candidate => candidate.Jobs.Length))} jobs");
            foreach (var warning in plan.Warnings) await output.WriteLineAsync($"  {warning.Code} at {warning.Path}: {warning.Message}");
            return SweepCommand.Success;
        });
        return command;
    }

    /// <summary>Without a cluster no silo is started: planning reads the model and data folders and touches no store.</summary>
    private static async Task<SweepPlan> PlanAsync(string spec, string source, string? cluster, CancellationToken cancellation)
    {
        if (cluster is null) return LocalPlanner.Plan(SiloSettings.FromEnvironment(), spec, source);
        await using var connection = await SweepConnection.OpenAsync(cluster, ConnectionUse.Look, cancellation);
        return await connection.Front.PlanAsync(spec, source);
    }
}
