using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep list</c>.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var (cluster, json) = (CommonOptions.Cluster(), CommonOptions.Json());
        var command = new Command("list", "Lists the sweeps, newest first.") { cluster, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var nothingYet = parsed.GetValue(cluster) is null && !File.Exists(SiloSettings.FromEnvironment().StoreFile);
            Contracts.Sweeps.SweepSummary[] sweeps = [];
            if (!nothingYet)
            {
                await using var connection = await SweepConnection.OpenAsync(parsed.GetValue(cluster), ConnectionUse.Look, cancellation);
                sweeps = await connection.Front.ListAsync();
            }
            if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(sweeps, AdaptClusterJson.Indented));
                return SweepCommand.Success;
            }
            if (sweeps.Length == 0)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("there is no sweep yet; 'sweep submit FILE' makes one.");
                return SweepCommand.Success;
            }
            TextTable.Write(output, ["id", "state", "submitted", "jobs", "completed", "failed", "by"], sweeps.Select(s => new[]
            {
                s.Id, AdaptClusterJson.Name(s.State), s.Submitted.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                $"{s.Jobs.Total}", $"{s.Jobs.Completed}", $"{s.Jobs.Failed}", s.SubmittedBy ?? "",
            }));
            return SweepCommand.Success;
        });
        return command;
    }
}
