using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep submit FILE</c>.</summary>
internal static class SubmitCommand
{
    public static Command Create(Connector connector)
    {
        var line = new SubmitLine(connector);
        var command = new Command(
            "submit", "Validates, plans and runs a sweep; after an interruption, run the same command again to resume.");
        line.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var asked = line.Read(parsed);
            var spec = await CommonOptions.ReadSpecAsync(asked.Source, asked.Assignments, cancellation);
            // A local run refuses an invalid spec at once. For a cluster, only its silos know what their specs may contain.
            if (asked.Cluster is null) connector.Embedded?.CheckSpec(spec, asked.Source);
            var writers = parsed.InvocationConfiguration;
            return await connector.TrainAsync(
                asked.Cluster, connection => SubmitAsync(connection, spec, asked, writers, cancellation), cancellation, asked.Web);
        });
        return command;
    }

    /// <summary>Submits a spec, and follows the sweep or prints its id.</summary>
    /// <exception cref="InvalidInputException">The spec is invalid, or an option cannot be used with this connection.</exception>
    internal static async Task<int> SubmitAsync(
        SweepConnection connection, string spec, Submission asked, InvocationConfiguration writers, CancellationToken cancellation)
    {
        var (output, error) = (writers.Output, writers.Error);
        if (asked.Detach && connection.Embedded)
            throw new InvalidInputException(
                "--detach: this process would run the sweep itself; start 'sweep serve' first, or pass a cluster with --cluster.");
        await CommonOptions.CheckPoolAsync(connection, asked.Options.Pool, error);
        var id = await LongPlan.WaitAsync(connection.Front.SubmitAsync(spec, asked.Source, asked.Options), asked.Source, error,
            TimeProvider.System);
        if (connection.Clustered && asked.Options.Pool is null)
            await CommonOptions.CheckPoolAsync(connection, (await connection.Sweep(id).StatusAsync()).Pool, error, "pool");
        await ApplyAsync(connection, id, asked.Change, asked.Computes, error);
        if (asked.Follow) return await Follower.FollowAsync(
            connection, id, asked.Json, output, asked.Quiet ? TextWriter.Null : error, cancellation);
        await (asked.Json ? JsonOutput.WriteAsync(output, new SubmittedSweep(id.Value)) : output.WriteLineAsync(id.Value));
        return SweepCommand.Success;
    }

    /// <summary>
    /// Applies changed options to an existing sweep, which otherwise continues as first submitted. Prints a hint if the options request
    /// that a completed sweep be computed again.
    /// </summary>
    private static async Task ApplyAsync(SweepConnection connection, SweepId id, ShareChange change, bool computes, TextWriter error)
    {
        if (!computes && change == new ShareChange()) return;
        var status = await connection.Sweep(id).StatusAsync();
        if (computes && status.Summary.State == SweepState.Completed)
            await error.WriteLineAsync(
                $"{id} is already complete; pass --name to start a new sweep.");
        if (change.Changes(status)) await connection.Sweep(id).SetAsync(change);
    }
}
