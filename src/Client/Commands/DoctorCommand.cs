using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var (cluster, json) = (CommonOptions.Cluster(), CommonOptions.Json());
        var command = new Command("doctor", "Shows what this machine or a cluster can run: device, versions, memory, store, models and data sets; silos and queues.") { cluster, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(cluster) is not { } where)
            {
                var report = Doctor.Examine(SiloSettings.FromEnvironment());
                if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, AdaptClusterJson.Indented));
                else foreach (var (name, finding) in report) await output.WriteLineAsync($"{name,-12} {finding}");
                return SweepCommand.Success;
            }
            await using var connection = await SweepConnection.OpenAsync(where, ConnectionUse.Look, cancellation);
            var status = await connection.Front.ClusterAsync();
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(status, AdaptClusterJson.Indented));
            else await WriteAsync(output, status);
            return SweepCommand.Success;
        });
        return command;
    }

    private static async Task WriteAsync(TextWriter output, ClusterStatus status)
    {
        foreach (var silo in status.Silos)
            await output.WriteLineAsync($"silo {silo.Name} at {silo.Address}: {silo.State}, {string.Join(", ", silo.Metadata.Where(pair => pair.Key != "name").Select(pair => $"{pair.Key} {pair.Value}"))}");
        foreach (var (pool, queue) in status.Queues)
        {
            await output.WriteLineAsync($"pool {pool}: {queue.Waiting} packs wait (the oldest for {queue.OldestWait:h\\:mm\\:ss}), {queue.Leased} are leased");
            foreach (var (silo, until) in queue.Quarantined) await output.WriteLineAsync($"  quarantined: {silo} until {until:u}: different jobs failed there in a row");
        }
    }
}
