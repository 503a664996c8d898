using System.CommandLine;
using System.Globalization;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep explain ID --job J</c>.</summary>
internal static class ExplainCommand
{
    public static Command Create(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var job = CommonOptions.Job(connector);
        var command = new Command(
            "explain",
            "Shows where a job's result comes from: its cache key, its attempts, and the result with the most similar key.") { id,
            job, cluster, json };
        command.SetAction((parsed, cancellation) =>
            connector.ReadSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (reads, sweep) =>
        {
            var detail = await reads.ExplainAsync(sweep, parsed.GetValue(job)!);
            // The queue is queried only about a waiting job.
            var obstacle = detail.Status.State == JobState.Queued ? (await reads.StatusAsync(sweep)).Obstacle : null;
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) await JsonOutput.WriteAsync(output, detail, sweep);
            else await WriteAsync(output, detail, obstacle);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    private static async Task WriteAsync(TextWriter output, JobDetail detail, string? obstacle)
    {
        await output.WriteLineAsync($"{detail.Status.Id}: {detail.Status.Description}, {AdaptClusterJson.Name(detail.Status.State)}");
        if (obstacle is not null) await output.WriteLineAsync($"waiting: {PrintableText.OneLine(obstacle)}");
        if (detail.CachedFrom is { } origin) await output.WriteLineAsync($"result reused from sweep {origin}");
        if (detail.Result?.TrainedFrom is var (sweep, job))
            await output.WriteLineAsync($"prompts trained by job {job} of sweep {sweep}; this job only evaluated them");
        await output.WriteLineAsync("key:");
        foreach (var (name, value) in detail.Key) await output.WriteLineAsync($"  {name} = {value}");
        foreach (var attempt in detail.Attempts)
        {
            var ended = attempt.Ended is { } end ? string.Create(
                CultureInfo.InvariantCulture, $", {(end - attempt.Started).TotalSeconds:F1} s") : "";
            await output.WriteLineAsync(
                $"attempt {attempt.Number}: {AdaptClusterJson.Name(attempt.Outcome)} on "
                + $"{attempt.Worker}{ended}{(attempt.Fault is { } fault ? $": {PrintableText.OneLine(fault)}" : "")}");
            if (attempt.Environment is { } environment)
                await output.WriteLineAsync(
                    $"  {environment.Version}, {environment.Device}, {environment.Threads} threads, "
                    + $"{string.Join(", ", environment.Packages.Select(package => $"{package.Key} {package.Value}"))}");
        }
        if (detail.Nearest is not { } nearest) return;
        await output.WriteLineAsync($"nearest other result: job {nearest.Job} of {nearest.Sweep}, which differs in:");
        foreach (var (name, values) in nearest.Differences) await output.WriteLineAsync($"  {name}: {values[0]} here, {values[1]} there");
    }
}
