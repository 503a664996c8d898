using System.CommandLine;
using System.Globalization;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep logs ID</c>.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);

    /// <summary>The span within which the events of one response may be out of order.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    public static Command Create(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var job = new Option<string?>("--job")
        {
            Description = "Show only this job: its id, or an unambiguous prefix of it.",
            CompletionSources = { context => KnownIds.Jobs(connector, context) },
        };
        var follow = new Option<bool>("--follow") { Description = "Keep printing new events until the sweep ends." };
        var command = new Command("logs", "Shows when and where each attempt of a sweep's jobs ran, how it ended, and its error.") { id,
            job, follow, cluster, json };
        command.SetAction((parsed, cancellation) =>
        {
            // Declared outside the connection, since another process may take over the home midway.
            var seen = new HashSet<(string, AttemptNumber, AttemptOutcome)>();
            var asked = new LogsRequest(parsed.GetValue(job), parsed.GetValue(follow), parsed.GetValue(json));
            return connector.LookAsync(
                parsed.GetValue(cluster),
                async connection =>
                    await WriteAsync(connection, await Connector.FindAsync(connection, parsed.GetValue(id)!), asked, seen,
                        parsed.InvocationConfiguration, cancellation),
                cancellation, asked.Follow ? ConnectionUse.Look : ConnectionUse.Read);
        });
        return command;
    }

    private static async Task<int> WriteAsync(SweepConnection connection, SweepId sweep, LogsRequest asked,
        HashSet<(string, AttemptNumber, AttemptOutcome)> seen, InvocationConfiguration writers, CancellationToken cancellation)
    {
        var (output, reads) = (writers.Output, connection.Reads);
        var events = await reads.LogAsync(sweep, asked.Job, null);
        if (events.Length == AttemptEvent.MaxListed)
            await writers.Error.WriteLineAsync($"showing the last {events.Length} lines; to see all lines of one job, use --job.");
        if (asked is { Json: true, Follow: false })
        {
            await JsonOutput.WriteAsync(output, events, sweep);
            return SweepCommand.Success;
        }
        var calls = new FollowedCalls(connection, writers.Error.WriteLineAsync);
        while (true)
        {
            foreach (var e in events.Where(e => seen.Add((e.Job.Value, e.Attempt, e.Outcome))))
                await output.WriteLineAsync(asked.Json ? JsonOutput.Node(e, sweep)!.ToJsonString(AdaptClusterJson.Compact) : Line(e));
            if (!asked.Follow) return SweepCommand.Success;
            // The state is read before the events: events in between are in the next response, and an ended sweep has no further
            // events.
            var state = (await calls.CallAsync(() => reads.StatusAsync(sweep), cancellation)).Summary.State;
            var from = events.Length > 0 ? events[^1].Time - Overlap : (DateTimeOffset?)null;
            var next = await calls.CallAsync(() => reads.LogAsync(sweep, asked.Job, from), cancellation);
            if (!state.IsOpen && next.All(e => seen.Contains((e.Job.Value, e.Attempt, e.Outcome)))) return SweepCommand.Success;
            events = next;
            await output.FlushAsync(cancellation);
            await Task.Delay(PollEvery, cancellation);
        }
    }

    private static string Line(AttemptEvent e)
    {
        var what = e.Outcome == AttemptOutcome.Open ? "started" : AdaptClusterJson.Name(e.Outcome);
        var time = e.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var isFault = e.Outcome is AttemptOutcome.Failed or AttemptOutcome.Lost or AttemptOutcome.Unfit;
        var why = isFault ? $": {PrintableText.OneLine(e.Fault ?? "")}" : "";
        return $"{time}  {e.Job}  attempt {e.Attempt}  {what,-9}  {e.Worker}  {e.Description}{why}";
    }

    /// <summary>The options given on the command line.</summary>
    private sealed record LogsRequest(string? Job, bool Follow, bool Json);
}
