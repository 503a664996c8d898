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
        var file = new Argument<string>("FILE") { Description = "The file to write, such as store-2026-11-29.db." };
        var (cluster, json) = (CommonOptions.Cluster(connector, "the command copies the home folder's store"), CommonOptions.Json());
        var force = new Option<bool>("--force") { Description = "Replace FILE if it exists." };
        var command = new Command("backup", "Copies the home folder's store to a file and checks the copy; sweeps can keep running.")
        {
            file, cluster, force, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(cluster) is not null)
                throw new InvalidInputException(
                    "backup: a cluster keeps its sweeps in PostgreSQL; "
                    + "back up the database with pg_dump, as described in docs/operators/operations.md. "
                    + "To back up the home folder, leave out --cluster and ADAPTCLUSTER_CLUSTER.");
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
