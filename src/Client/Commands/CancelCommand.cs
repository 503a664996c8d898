using System.CommandLine;
using AdaptCluster.Client.Output;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep cancel ID</c>.</summary>
internal static class CancelCommand
{
    public static Command Create()
    {
        var (id, cluster) = (CommonOptions.SweepId(), CommonOptions.Cluster());
        var command = new Command("cancel", "Stops a sweep; finished jobs keep their results.") { id, cluster };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (connection, sweep) = await CommonOptions.FindAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, cancellation);
            await using var owned = connection;
            await connection.Sweep(sweep).CancelAsync();
            var status = await connection.Sweep(sweep).StatusAsync();
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{sweep}: {StateNames.Of(status.Summary.State)}, {status.Summary.Jobs.Completed} of {status.Summary.Jobs.Total} jobs completed");
            return SweepCommand.Success;
        });
        return command;
    }
}
