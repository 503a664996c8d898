using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep status ID</c>.</summary>
internal static class StatusCommand
{
    public static Command Create(Connector connector)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var command = new Command("status", "Shows the state, progress and failures of a sweep.") { id, cluster, json };
        command.SetAction((parsed, cancellation) =>
            connector.ReadSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (reads, sweep) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var status = await reads.StatusAsync(sweep);
            if (parsed.GetValue(json))
            {
                await JsonOutput.WriteAsync(output, status, sweep);
                return SweepCommand.Success;
            }
            await output.WriteLineAsync($"{status.Summary.Id}: {AdaptClusterJson.Name(status.Summary.State)}, pool {status.Pool}");
            foreach (var line in LabelText.Lines(status.Summary)) await output.WriteLineAsync($"  {line}");
            await output.WriteLineAsync(ProgressText.Line(status));
            foreach (var job in status.Running) await output.WriteLineAsync($"  running  {ProgressText.Job(job)}");
            foreach (var job in status.Failed)
                await output.WriteLineAsync(
                    $"  failed   {job.Description}, attempt {job.Attempt}: {PrintableText.OneLine(job.Error ?? "")}");
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }
}
