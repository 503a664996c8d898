using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep watch ID</c>.</summary>
internal static class WatchCommand
{
    public static Command Create(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var (web, quiet) = (CommonOptions.Web(), CommonOptions.Quiet());
        var command = new Command("watch", "Follows a running sweep to its end and prints the table.")
        {
            id, cluster, json, web, quiet,
        };
        command.SetAction((parsed, cancellation) =>
        {
            Connector.RefuseWeb(parsed.GetValue(web), parsed.GetValue(cluster));
            return connector.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
            {
                var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
                await using var page = parsed.GetValue(web)
                    ? await ServePageAsync(connector, connection, sweep, error, cancellation) : null;
                return await Follower.FollowAsync(connection, sweep, parsed.GetValue(json), output,
                    parsed.GetValue(quiet) ? TextWriter.Null : error, cancellation);
            }, cancellation);
        });
        return command;
    }

    /// <summary>Serves the web page while the command follows the sweep, even if the process that runs the sweep also serves one.</summary>
    private static async Task<IAsyncDisposable> ServePageAsync(
        Connector connector, SweepConnection connection, SweepId sweep, TextWriter error, CancellationToken cancellation)
    {
        var (address, page) = await connection.ServePageAsync(connector.WithoutCluster, cancellation);
        await error.WriteLineAsync($"web page: {new Uri(address, $"sweeps/{sweep}")}");
        return page;
    }
}
