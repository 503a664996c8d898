using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep cancel</c>, <c>pause</c>, <c>resume</c>, <c>retry</c> and <c>set</c>: what changes a sweep that is there.</summary>
internal static class ControlCommands
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);

    public static Command Cancel()
    {
        var (id, cluster) = (CommonOptions.SweepId(), CommonOptions.Cluster());
        var command = new Command("cancel", "Stops a sweep; finished jobs keep their results.") { id, cluster };
        command.SetAction((parsed, cancellation) => CommonOptions.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
        {
            if ((await connection.Sweep(sweep).StatusAsync()).Summary.State is SweepState.Completed or SweepState.Failed or SweepState.Cancelled)
            {
                await SayAsync(connection, sweep, parsed.InvocationConfiguration.Output, "nothing to cancel, it is ");
                return SweepCommand.Success;
            }
            await connection.Sweep(sweep).CancelAsync();
            // Every lease confirms within a renewal and an iteration, or runs out.
            while ((await connection.Sweep(sweep).StatusAsync()).Summary.State == SweepState.Cancelling) await Task.Delay(PollEvery, cancellation);
            await SayAsync(connection, sweep, parsed.InvocationConfiguration.Output);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    public static Command Pause()
    {
        var (id, cluster) = (CommonOptions.SweepId(), CommonOptions.Cluster());
        var now = new Option<bool>("--now") { Description = "Stop running jobs too; they go on from their last epoch later." };
        var command = new Command("pause", "Starts nothing more of a sweep; jobs that train end first.") { id, cluster, now };
        command.SetAction((parsed, cancellation) => CommonOptions.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
        {
            await connection.Sweep(sweep).PauseAsync(parsed.GetValue(now));
            await SayAsync(connection, sweep, parsed.InvocationConfiguration.Output);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    public static Command Resume()
    {
        var (id, cluster) = (CommonOptions.SweepId(), CommonOptions.Cluster());
        var command = new Command("resume", "Goes on with a sweep that was paused, cancelled or interrupted.") { id, cluster };
        command.SetAction((parsed, cancellation) => GoOnAsync(parsed, id, cluster, async sweep =>
        {
            await sweep.ResumeAsync();
            return 1;
        }, cancellation));
        return command;
    }

    public static Command Retry()
    {
        var (id, cluster) = (CommonOptions.SweepId(), CommonOptions.Cluster());
        var failed = new Option<bool>("--failed") { Description = "The jobs that were given up; the default." };
        var missing = new Option<bool>("--missing") { Description = "Every job without a result: given up or cancelled." };
        var command = new Command("retry", "Runs jobs of a sweep that have no result once more.") { id, cluster, failed, missing };
        command.SetAction((parsed, cancellation) => GoOnAsync(parsed, id, cluster, async sweep =>
        {
            var jobs = await sweep.RetryAsync(parsed.GetValue(missing) ? RetryScope.Missing : RetryScope.Failed);
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"{jobs} jobs queued again");
            return jobs;
        }, cancellation));
        return command;
    }

    public static Command Set()
    {
        var (id, cluster, priority, parallel, pool) = (CommonOptions.SweepId(), CommonOptions.Cluster(), CommonOptions.Priority(), CommonOptions.Parallel(), CommonOptions.Pool());
        var command = new Command("set", "Changes the priority, the parallelism or the pool of a sweep, at once.") { id, cluster, priority, parallel, pool };
        command.SetAction((parsed, cancellation) => CommonOptions.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
        {
            var change = new ShareChange { Priority = parsed.GetValue(priority), Parallel = parsed.GetValue(parallel), Pool = parsed.GetValue(pool) };
            if (change == new ShareChange()) throw new InvalidInputException("set: write --priority N, --parallel N, --pool NAME or several of them.");
            await CommonOptions.CheckPoolAsync(connection, change.Pool, parsed.InvocationConfiguration.Error);
            await connection.Sweep(sweep).SetAsync(change);
            var status = await connection.Sweep(sweep).StatusAsync();
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{sweep}: priority {status.Priority}, parallel {(status.Parallel == 0 ? "without limit" : status.Parallel)}, pool {status.Pool}");
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    /// <summary>Without a cluster this process trains what goes on, so it stays to the end.</summary>
    private static async Task<int> GoOnAsync(ParseResult parsed, Argument<string> id, Option<string?> cluster, Func<ISweepGrain, Task<int>> act, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        return await CommonOptions.TrainAsync(parsed.GetValue(cluster), error, async connection =>
        {
            var sweep = await CommonOptions.FindAsync(connection, parsed.GetValue(id)!);
            if (await act(connection.Sweep(sweep)) > 0 && !connection.Clustered) return await Follower.FollowAsync(connection, sweep, json: false, output, error, cancellation);
            await SayAsync(connection, sweep, output);
            return SweepCommand.Success;
        }, cancellation);
    }

    private static async Task SayAsync(SweepConnection connection, SweepId sweep, TextWriter output, string prefix = "")
    {
        var status = await connection.Sweep(sweep).StatusAsync();
        await output.WriteLineAsync($"{sweep}: {prefix}{AdaptClusterJson.Name(status.Summary.State)}, {status.Summary.Jobs.Completed} of {status.Summary.Jobs.Total} jobs completed");
    }
}
