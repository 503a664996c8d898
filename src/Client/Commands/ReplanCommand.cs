using System.CommandLine;
using System.Text.Json.Nodes;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep replan ID</c>.</summary>
internal static class ReplanCommand
{
    public static Command Create(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var command = new Command(
            "replan",
            "Plans a sweep again, as a new sweep, for the trainer version of its pool's workers, and cancels the old one.") { id,
            cluster, json };
        command.SetAction((parsed, cancellation) =>
            connector.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var anew = await LongPlan.WaitAsync(
                connection.Front.ReplanAsync(sweep), $"{sweep}", parsed.InvocationConfiguration.Error, TimeProvider.System);
            await output.WriteLineAsync(parsed.GetValue(json)
                ? new JsonObject { ["sweep"] = anew.Value, ["supersedes"] = sweep.Value }.ToJsonString(AdaptClusterJson.Indented)
                : $"{anew}: supersedes {sweep}, which is cancelled; 'sweep watch {anew}' follows the new sweep");
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }
}
