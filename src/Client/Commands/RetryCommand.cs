using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep retry ID</c>.</summary>
internal static class RetryCommand
{
    public static Command Create()
    {
        var (id, cluster) = (CommonOptions.SweepId(), CommonOptions.Cluster());
        var command = new Command("retry", "Runs the failed jobs of a sweep once more.") { id, cluster };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            await using var connection = await SweepConnection.OpenAsync(parsed.GetValue(cluster), ConnectionUse.Train, cancellation);
            var sweep = await connection.Front.FindAsync(parsed.GetValue(id)!);
            var jobs = await connection.Sweep(sweep).RetryAsync();
            await error.WriteLineAsync($"{sweep}: {jobs} failed jobs queued again");
            if (parsed.GetValue(cluster) is not null || jobs == 0) return SweepCommand.Success;
            return await Follower.FollowAsync(connection, sweep, json: false, output, error, cancellation);
        });
        return command;
    }
}
