using System.CommandLine;
using AdaptCluster.Contracts;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep cancel ID</c>.</summary>
internal static class CancelCommand
{
    public static Command Create()
    {
        var (id, cluster) = (CommonOptions.SweepId(), CommonOptions.Cluster());
        var command = new Command("cancel", "Stops a sweep; finished jobs keep their results.") { id, cluster };
        command.SetAction((parsed, cancellation) => CommonOptions.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
        {
            await connection.Sweep(sweep).CancelAsync();
            var status = await connection.Sweep(sweep).StatusAsync();
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{sweep}: {AdaptClusterJson.Name(status.Summary.State)}, {status.Summary.Jobs.Completed} of {status.Summary.Jobs.Total} jobs completed");
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }
}
