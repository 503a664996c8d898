using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create(Connector connector)
    {
        var (cluster, json) = (CommonOptions.Cluster(connector, "the command examines this machine"), CommonOptions.Json());
        var command = new Command(
            "doctor",
            "Checks this machine (device, versions, memory, store, models and data sets) or a cluster (silos and "
            + "queues).") { cluster, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(cluster) is not { } where)
            {
                var report = connector.WithoutCluster.Examine();
                if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, AdaptClusterJson.Indented));
                else foreach (var (name, finding) in report) await output.WriteLineAsync($"{name,-12} {finding}");
                return SweepCommand.Success;
            }
            var found = await ClusterExamination.OfAsync(connector, where, cancellation);
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(found, AdaptClusterJson.Indented));
            else await WriteAsync(output, found);
            if (found.Sound) return SweepCommand.Success;
            await parsed.InvocationConfiguration.Error.WriteLineAsync(
                $"sweep: {PrintableText.OneLine(found.Problem ?? found.Store!.Message!)}");
            return SweepCommand.Failure;
        });
        return command;
    }

    private static async Task WriteAsync(TextWriter output, ClusterExamination found)
    {
        foreach (var gateway in found.Gateways)
            await output.WriteLineAsync(
                $"gateway {gateway.Address}: {(gateway.Accepts ? "accepts connections" : "refuses connections")}");
        if (found.Store is { } store)
            await output.WriteLineAsync($"store: {(store.Answers ? "answers" : PrintableText.OneLine(store.Message!))}");
        foreach (var silo in found.Silos)
            await output.WriteLineAsync(
                $"silo {silo.Name} at {silo.Address}: {silo.State}, "
                + $"{string.Join(", ", silo.Metadata.Where(pair => pair.Key != "name").Select(pair => $"{pair.Key} {pair.Value}"))}");
        foreach (var (pool, queue) in found.Queues)
        {
            await output.WriteLineAsync(
                $"pool {pool}: {queue.Waiting} packs waiting (the oldest for {queue.OldestWait:h\\:mm\\:ss}), {queue.Leased} leased");
            await output.WriteLineAsync($"  workers by trainer version: {CellText.Trainers(queue.WorkersByTrainer)}");
            foreach (var (sweep, reason) in queue.SetAside)
                await output.WriteLineAsync($"  set aside: sweep {sweep}: {PrintableText.OneLine(reason)}");
            foreach (var (silo, until) in queue.Quarantined)
                await output.WriteLineAsync($"  quarantined: {silo} until {until:u}, because different jobs failed there in a row");
        }
        foreach (var pool in found.SilentPools) await output.WriteLineAsync($"pool {pool}: its queue does not respond");
    }
}
