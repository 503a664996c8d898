using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep watch ID</c>.</summary>
internal static class WatchCommand
{
    public static Command Create(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var quiet = CommonOptions.Quiet();
        var command = new Command("watch", "Follows a running sweep to its end and prints the table.") { id, cluster, json, quiet };
        command.SetAction((parsed, cancellation) =>
            connector.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, (connection, sweep) =>
            Follower.FollowAsync(connection, sweep, parsed.GetValue(json), parsed.InvocationConfiguration.Output,
                parsed.GetValue(quiet) ? TextWriter.Null : parsed.InvocationConfiguration.Error, cancellation), cancellation));
        return command;
    }
}
