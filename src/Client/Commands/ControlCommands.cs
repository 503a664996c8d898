using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary>
/// <c>sweep cancel</c>, <c>pause</c>, <c>resume</c>, <c>retry</c> and <c>set</c>: commands that change an existing sweep.
/// </summary>
internal static class ControlCommands
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100), SayWaitingAfter = TimeSpan.FromSeconds(2);

    public static Command Cancel(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var command = new Command("cancel", "Stops a sweep; finished jobs keep their results.") { id, cluster, json };
        command.SetAction((parsed, cancellation) =>
            connector.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
        {
            var calls = new FollowedCalls(connection, parsed.InvocationConfiguration.Error.WriteLineAsync);
            var status = await calls.CallAsync(connection.Sweep(sweep).StatusAsync, cancellation);
            if (status.Summary.State.HasEnded)
            {
                await ReportAsync(connection, sweep, parsed, json, "nothing to cancel: the sweep is already ");
                return SweepCommand.Success;
            }
            // Cancelling is idempotent, so the call may be repeated.
            await calls.CallAsync(async () =>
            {
                await connection.Sweep(sweep).CancelAsync();
                return true;
            }, cancellation);
            await WaitForWorkersAsync(connection, sweep, calls, parsed.InvocationConfiguration.Error, cancellation);
            await ReportAsync(connection, sweep, parsed, json);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    /// <summary>
    /// Waits until all leases have ended. A worker confirms the end within one renewal interval and one iteration; otherwise its lease
    /// expires. Prints the workers that have not stopped yet.
    /// </summary>
    private static async Task WaitForWorkersAsync(
        SweepConnection connection, SweepId sweep, FollowedCalls calls, TextWriter error, CancellationToken cancellation)
    {
        var (started, told) = (TimeProvider.System.GetTimestamp(), "");
        while (await calls.CallAsync(connection.Sweep(sweep).StatusAsync, cancellation) is { Summary.State: SweepState.Cancelling } status)
        {
            var workers = string.Join(", ", status.Running.Select(job => job.Worker).OfType<string>().Distinct()
                .Order(StringComparer.Ordinal));
            if (workers.Length > 0 && workers != told && TimeProvider.System.GetElapsedTime(started) > SayWaitingAfter)
            {
                await error.WriteLineAsync($"waiting for {workers} to stop; a worker that does not stop loses its lease");
                told = workers;
            }
            await Task.Delay(PollEvery, cancellation);
        }
    }

    public static Command Pause(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var now = new Option<bool>("--now") { Description = "Also stop running jobs; they later resume from their last epoch." };
        var command = new Command("pause", "Pauses a sweep; running jobs finish first.") { id, cluster, now, json };
        command.SetAction((parsed, cancellation) =>
            connector.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
        {
            await connection.Sweep(sweep).PauseAsync(parsed.GetValue(now));
            await ReportAsync(connection, sweep, parsed, json);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    public static Command Resume(Connector connector)
    {
        return GoingOn(connector, "resume", "Resumes a paused, cancelled or interrupted sweep.", [], async (sweep, _) =>
        {
            await sweep.ResumeAsync();
            return 1;
        });
    }

    public static Command Retry(Connector connector)
    {
        var failed = new Option<bool>("--failed") { Description = "Retry the failed jobs (the default)." };
        var missing = new Option<bool>("--missing") { Description = "Retry all jobs without a result, both failed and cancelled." };
        const string description = "Runs the failed jobs of a sweep again, or all its jobs without a result.";
        return GoingOn(connector, "retry", description, [failed, missing], async (sweep, parsed) =>
        {
            if (parsed.GetValue(missing) && parsed.GetValue(failed))
                throw new InvalidInputException("--failed and --missing: use only one of them.");
            var jobs = await sweep.RetryAsync(parsed.GetValue(missing) ? RetryScope.Missing : RetryScope.Failed);
            var hint = jobs == 0 && !parsed.GetValue(missing) ? "; no job has failed (--missing also retries cancelled jobs)" : "";
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"{CountText.Of(jobs, "job")} queued again{hint}");
            return jobs;
        });
    }

    public static Command Set(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var (priority, parallel, pool) = (CommonOptions.Priority(), CommonOptions.Parallel(), CommonOptions.Pool());
        var command = new Command("set", "Changes the priority, parallelism or pool of a sweep; takes effect at once.") { id, cluster,
            priority, parallel, pool, json };
        command.SetAction((parsed, cancellation) =>
            connector.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
        {
            var change = new ShareChange
            {
                Priority = parsed.GetValue(priority),
                Parallel = parsed.GetValue(parallel),
                Pool = parsed.GetValue(pool),
            };
            if (change == new ShareChange())
                throw new InvalidInputException("set: nothing to change; pass --priority N, --parallel N or --pool NAME.");
            await CommonOptions.CheckPoolAsync(connection, change.Pool, parsed.InvocationConfiguration.Error);
            await connection.Sweep(sweep).SetAsync(change);
            var (status, output) = (await connection.Sweep(sweep).StatusAsync(), parsed.InvocationConfiguration.Output);
            if (parsed.GetValue(json)) await JsonOutput.WriteAsync(output, status, sweep);
            else await output.WriteLineAsync(
                $"{sweep}: priority {status.Priority}, parallel {(status.Parallel == 0 ? "unlimited" : status.Parallel)}, pool "
                + $"{status.Pool}");
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    /// <summary>
    /// Creates a command that makes jobs run again. Without a cluster this process trains the jobs, so it runs until the sweep ends.
    /// </summary>
    private static Command GoingOn(
        Connector connector, string name, string description, Option[] more, Func<ISweepGrain, ParseResult, Task<int>> act)
    {
        var (id, cluster) = (CommonOptions.SweepId(connector), CommonOptions.ClusterToRunOn(connector));
        var (json, web, quiet) = (CommonOptions.Json(), CommonOptions.Web(), CommonOptions.Quiet());
        var command = new Command(name, description) { id, cluster, json, quiet, web };
        foreach (var option in more) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            return connector.TrainAsync(parsed.GetValue(cluster), async connection =>
            {
                var sweep = await Connector.FindAsync(connection, parsed.GetValue(id)!);
                if (await act(connection.Sweep(sweep), parsed) > 0 && !connection.Clustered)
                    return await Follower.FollowAsync(connection, sweep, parsed.GetValue(json), output,
                        parsed.GetValue(quiet) ? TextWriter.Null : error, cancellation);
                await ReportAsync(connection, sweep, parsed, json);
                return SweepCommand.Success;
            }, cancellation, parsed.GetValue(web));
        });
        return command;
    }

    /// <summary>Prints the sweep's current state; with --json, in the format of <c>status --json</c>.</summary>
    private static async Task ReportAsync(
        SweepConnection connection, SweepId sweep, ParseResult parsed, Option<bool> json, string prefix = "")
    {
        var status = await connection.Sweep(sweep).StatusAsync();
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(json)) await JsonOutput.WriteAsync(output, status, sweep);
        else await output.WriteLineAsync($"{sweep}: {prefix}{AdaptClusterJson.Name(status.Summary.State)}, "
            + $"{status.Summary.Jobs.Completed} of {status.Summary.Jobs.Total} jobs completed");
    }
}
