using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Plots;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep plot ID</c>.</summary>
internal static class PlotCommand
{
    public static Command Create(Connector connector)
    {
        var line = new PlotLine(connector);
        var command = new Command("plot", "Draws a figure of a sweep as PDF, SVG or PNG, ready for a paper.");
        line.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            // Invalid options are refused before any silo is called.
            var asked = line.Read(parsed);
            return connector.ReadSweepAsync(asked.Cluster, asked.Id, async (reads, sweep) =>
            {
                var (width, height) = (await DrawAsync(reads, sweep, asked)).Save(asked.File, asked.Size, asked.Force);
                var unit = FigureFormats.Unit(FigureFormats.Of(asked.File));
                await parsed.InvocationConfiguration.Output.WriteLineAsync(asked.Json
                    ? JsonSerializer.Serialize(
                        new { Sweep = sweep.Value, asked.Kind, asked.File, Width = width, Height = height, Unit = unit },
                        AdaptClusterJson.Indented)
                    : $"{asked.File}: {width} × {height} {unit}");
                return SweepCommand.Success;
            }, cancellation);
        });
        return command;
    }

    private static async Task<Figure> DrawAsync(ISweepReads reads, SweepId sweep, PlotRequest asked)
    {
        var data = new PlotData(reads, sweep);
        return asked.Kind switch
        {
            PlotKind.Table => TablePlot.Draw(await reads.ResultsAsync(sweep)),
            PlotKind.Average => AveragePlot.Draw(await reads.ResultsAsync(sweep)),
            PlotKind.TTarget => AxisPlot.Draw(await reads.CurvesAsync(sweep), AxisValues.TTarget, asked.Dataset, asked.Split),
            PlotKind.Axis => await AxisAsync(data, asked),
            PlotKind.Curves => CurvesPlot.Draw(asked.Job is null ? await data.ArmsAsync(asked.Dataset) : [await data.ArmAsync(asked.Job)],
                asked.Axis == "iteration"),
            PlotKind.Confusion => await ConfusionAsync(data, asked),
            PlotKind.BaseNew => BaseNewPlot.Draw(await reads.ResultsAsync(sweep), asked.Dataset),
            PlotKind.ContextLength when asked.Job is null => ContextLengthPlot.DrawMeans(await data.ArmsAsync(asked.Dataset)),
            PlotKind.ContextLength => ContextLengthPlot.Draw(await reads.HistoryAsync(sweep, asked.Job)),
            _ => await MasksAsync(data, asked),
        };
    }

    private static async Task<Figure> AxisAsync(PlotData data, PlotRequest asked)
    {
        var curves = await data.Reads.CurvesAsync(data.Sweep);
        var axis = asked.Axis ?? PlotAxis.Only(curves);
        if (!Array.Exists(curves, curve => curve.Axis == axis)) throw await PlotAxis.RefusedAsync(data, curves, axis);
        return AxisPlot.Draw(curves, axis, asked.Dataset, asked.Split,
            axis == AxisValues.Shots ? PlotAxis.Levels(await data.Reads.ResultsAsync(data.Sweep)) : []);
    }

    private static async Task<Figure> ConfusionAsync(PlotData data, PlotRequest asked)
    {
        var split = PredictionsCommand.Split(asked.Split == AccuracySplit.Test, asked.On);
        var (detail, predictions) =
            await PredictionsCommand.ReadAsync(data.Reads, data.Sweep, await data.JobAsync(asked, new JobQuery { Count = 1 }));
        return ConfusionPlot.Draw(split.Of(predictions), $"{detail.Status.Description}, {split.Name}", asked.Shares);
    }

    private static async Task<Figure> MasksAsync(PlotData data, PlotRequest asked)
    {
        var job = await data.JobAsync(asked, new JobQuery { Count = 1, Pruning = true });
        var history = await data.Reads.HistoryAsync(data.Sweep, job);
        return asked.Steps.Length > 0 ? MaskPlot.DrawSteps(history, asked.Steps) : MaskPlot.DrawLives(history);
    }
}
