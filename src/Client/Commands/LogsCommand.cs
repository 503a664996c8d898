using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep logs ID</c>.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);

    /// <summary>Events of one answer may be written in an order other than their times', within this span.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var (id, cluster, json) = (CommonOptions.SweepId(), CommonOptions.Cluster(), CommonOptions.Json());
        var job = new Option<string?>("--job") { Description = "One job's id, or an unambiguous prefix of it.", CompletionSources = { KnownIds.Jobs } };
        var follow = new Option<bool>("--follow") { Description = "Go on with what happens, until the sweep ends." };
        var command = new Command("logs", "Shows when and where each attempt of a sweep's jobs began, how it ended, and its faults.") { id, job, follow, cluster, json };
        command.SetAction((parsed, cancellation) => CommonOptions.OnSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (connection, sweep) =>
        {
            var (output, grain) = (parsed.InvocationConfiguration.Output, connection.Sweep(sweep));
            var events = await grain.LogAsync(parsed.GetValue(job), null);
            if (events.Length == AttemptEvent.MaxListed) await parsed.InvocationConfiguration.Error.WriteLineAsync($"only the last {events.Length} lines; --job shows one job's.");
            if (parsed.GetValue(json) && !parsed.GetValue(follow))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(events, AdaptClusterJson.Indented));
                return SweepCommand.Success;
            }
            var calls = new FollowedCalls(connection, parsed.InvocationConfiguration.Error.WriteLineAsync);
            var seen = new HashSet<(string, int, AttemptOutcome)>();
            while (true)
            {
                foreach (var e in events.Where(e => seen.Add((e.Job.Value, e.Attempt, e.Outcome))))
                    await output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(e, AdaptClusterJson.Compact) : Line(e));
                if (!parsed.GetValue(follow)) return SweepCommand.Success;
                // Asked before the events: what happens in between is in the next answer, and an ended sweep has none.
                var state = (await calls.CallAsync(grain.StatusAsync, cancellation)).Summary.State;
                var from = events.Length > 0 ? events[^1].Time - Overlap : (DateTimeOffset?)null;
                var next = await calls.CallAsync(() => grain.LogAsync(parsed.GetValue(job), from), cancellation);
                if (state is not (SweepState.Running or SweepState.Paused or SweepState.Cancelling) && next.All(e => seen.Contains((e.Job.Value, e.Attempt, e.Outcome)))) return SweepCommand.Success;
                events = next;
                await output.FlushAsync(cancellation);
                await Task.Delay(PollEvery, cancellation);
            }
        }, cancellation));
        return command;
    }

    private static string Line(AttemptEvent e)
    {
        var what = e.Outcome == AttemptOutcome.Open ? "started" : AdaptClusterJson.Name(e.Outcome);
        var time = e.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return $"{time}  {e.Job}  attempt {e.Attempt}  {what,-9}  {e.Worker}  {e.Description}{(e.Outcome is AttemptOutcome.Failed or AttemptOutcome.Lost or AttemptOutcome.Unfit ? $": {PrintableText.OneLine(e.Fault ?? "")}" : "")}";
    }
}
