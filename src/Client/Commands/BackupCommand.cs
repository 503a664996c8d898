using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep backup FILE</c>.</summary>
internal static class BackupCommand
{
    public static Command Create(Connector connector)
    {
        var file = new Argument<string>("FILE") { Description = "The copy, such as store-2026-11-29.db." };
        var (cluster, json) = (CommonOptions.Cluster(connector, "the home folder's store is copied"), CommonOptions.Json());
        var force = new Option<bool>("--force") { Description = "Replace FILE if it is there." };
        var command = new Command("backup", "Copies the home's store into a file, whole and checked, also while a sweep runs.")
        {
            file, cluster, force, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(cluster) is not null)
                throw new InvalidInputException(
                    "backup: a cluster's sweeps are in PostgreSQL, whose own tools copy it whole while silos write: "
                    + "use pg_dump, as docs/operators/operations.md shows; "
                    + "for the home folder, leave --cluster and ADAPTCLUSTER_CLUSTER out.");
            var (home, name, output) =
                (connector.WithoutCluster, parsed.GetValue(file)!, parsed.InvocationConfiguration.Output);
            if (!home.HasStore) throw new InvalidInputException(home.NoSweep);
            var (sweeps, jobs, bytes) = await home.BackupAsync(name, parsed.GetValue(force), cancellation);
            await output.WriteLineAsync(parsed.GetValue(json)
                ? JsonSerializer.Serialize(
                    new { File = Path.GetFullPath(name), Sweeps = sweeps, Jobs = jobs, Bytes = bytes }, AdaptClusterJson.Indented)
                : $"{name}: {CountText.Of(sweeps, "sweep")}, {CountText.Of(jobs, "job")}, {SizeText.Of(bytes)}, checked");
            return SweepCommand.Success;
        });
        return command;
    }
}
