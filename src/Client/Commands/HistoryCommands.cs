using System.CommandLine;
using System.Globalization;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep curves ID --job J</c> and <c>sweep masks ID --job J</c>: show a job's training history.</summary>
internal static class HistoryCommands
{
    public static Command Curves(Connector connector) =>
        Create(connector, "curves", "Shows a job's loss, accuracy, learning rate and context tokens, epoch by epoch.", [],
            (output, history, _, sweep) => WriteCurvesAsync(output, history, sweep));

    public static Command Masks(Connector connector)
    {
        var step = CheckedOptions.WholeNumber("--step", "Show only the masks after this prune step; 0 means before the first.", least: 0);
        return Create(connector, "masks",
            "Shows when each context token of a job was pruned, or the masks after one prune step.", [step],
            (output, history, parsed, sweep) => WriteMasksAsync(output, history, parsed.GetValue(step), sweep));
    }

    private static Command Create(
        Connector connector, string name, string description, Option[] more,
        Func<TextWriter, JobHistory, ParseResult, SweepId?, Task> write)
    {
        var (id, cluster, json) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector), CommonOptions.Json());
        var job = CommonOptions.Job(connector);
        var command = new Command(name, description) { id, job, cluster, json };
        foreach (var option in more) command.Add(option);
        command.SetAction((parsed, cancellation) =>
            connector.ReadSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (reads, sweep) =>
        {
            var (history, output) = (await reads.HistoryAsync(sweep, parsed.GetValue(job)!), parsed.InvocationConfiguration.Output);
            await write(output, history, parsed, parsed.GetValue(json) ? sweep : null);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    /// <summary>Writes the epochs, as JSON if a sweep id is given.</summary>
    private static async Task WriteCurvesAsync(TextWriter output, JobHistory history, SweepId? json)
    {
        if (json is not null)
        {
            await JsonOutput.WriteAsync(output, JobCurve.Of(history), json);
            return;
        }
        await output.WriteLineAsync($"{history.Status.Id}: {history.Status.Description}, {AdaptClusterJson.Name(history.Status.State)}");
        TextTable.Write(output, ["epoch", "loss", "train %", "learning rate", "image tokens", "text tokens", "seconds"],
            history.Epochs.Select(epoch => (string[])
        [
            $"{epoch.Epoch}", Number(epoch.Loss, "F4"), Number(epoch.TrainAccuracy, "F2"), Number(epoch.LearningRate, "0.######"),
            $"{epoch.ImageContextTokens}", $"{epoch.TextContextTokens}", Number(epoch.Duration.TotalSeconds, "F2"),
        ]));
        if (history.Epochs.Length == 0)
            await output.WriteLineAsync(history.Status.Epochs == 0 ? "this job does not train." : "no epoch has finished yet.");
    }

    private static async Task WriteMasksAsync(TextWriter output, JobHistory history, int? step, SweepId? json)
    {
        // An invalid step is refused before anything is printed.
        var masks = JobMasks.Of(history, step);
        if (json is not null)
        {
            await JsonOutput.WriteAsync(output, masks, json);
            return;
        }
        await output.WriteLineAsync(
            $"{history.Status.Id}: {history.Status.Description}, {AdaptClusterJson.Name(history.Status.State)}, "
            + $"{history.Prunes.Length} prune steps");
        var grid = TokenGrid.Of(history);
        if (step is { } shown) MaskText.WriteStep(output, grid, shown);
        else MaskText.WriteLives(output, grid, history);
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
