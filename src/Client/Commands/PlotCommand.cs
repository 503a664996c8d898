using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Plots;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep plot ID</c>.</summary>
internal static class PlotCommand
{
    public static Command Create(Connector connector)
    {
        var line = new PlotLine(connector);
        var command = new Command("plot", "Draws a figure of a sweep for a paper, as PNG or SVG.");
        line.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            // Invalid options are refused before a silo is asked.
            var asked = line.Read(parsed);
            return connector.ReadSweepAsync(asked.Cluster, asked.Id, async (reads, sweep) =>
            {
                var (width, height) = (await DrawAsync(reads, sweep, asked)).Save(asked.File, asked.Size, asked.Force);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(asked.Json
                    ? JsonSerializer.Serialize(new { Sweep = sweep.Value, asked.Kind, asked.File, Width = width, Height = height },
                        AdaptClusterJson.Indented)
                    : $"{asked.File}: {width} × {height} pixels");
                return SweepCommand.Success;
            }, cancellation);
        });
        return command;
    }

    private static async Task<Figure> DrawAsync(ISweepReads reads, SweepId sweep, PlotRequest asked) => asked.Kind switch
    {
        "table" => TablePlot.Draw(await reads.ResultsAsync(sweep)),
        "average" => AveragePlot.Draw(await reads.ResultsAsync(sweep)),
        "t-target" => TargetPlot.Draw(await reads.CurvesAsync(sweep), asked.Dataset),
        "curve" => Curve(await reads.CurvesAsync(sweep), asked.Dataset, asked.Axis),
        "context-length" => ContextLengthPlot.Draw(await HistoryAsync(reads, sweep, asked)),
        _ when asked.Steps.Length > 0 => MaskPlot.DrawSteps(await HistoryAsync(reads, sweep, asked), asked.Steps),
        _ => MaskPlot.DrawLives(await HistoryAsync(reads, sweep, asked)),
    };

    private static Figure Curve(TargetCurve[] curves, string? dataset, string? axis)
    {
        var axes = curves.Select(curve => curve.Axis).Distinct().ToArray();
        if (axis is null && axes.Length > 1)
            throw new InvalidInputException($"--kind curve: write --axis with one of {string.Join(", ", axes)}.");
        return TargetPlot.Draw(curves, dataset, axis ?? axes.FirstOrDefault(AxisValues.TTarget));
    }

    private static async Task<JobHistory> HistoryAsync(ISweepReads reads, SweepId sweep, PlotRequest asked)
    {
        if (asked.Job is not null) return await reads.HistoryAsync(sweep, asked.Job);
        var some = await reads.JobsAsync(sweep, new JobQuery { Count = 1, Pruning = true });
        throw new InvalidInputException($"--kind {asked.Kind}: draws one job; write --job with its id" + (some.Jobs is [var first]
            ? $", such as {first.Status.Id} ({first.Status.Description}); 'sweep results {sweep} --runs' lists them all."
            : "; this sweep has none that removes context tokens."));
    }
}
