using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>Plots the context tokens that a job has left after each epoch, by branch.</summary>
public static class ContextLengthPlot
{
    /// <summary>Draws the figure.</summary>
    /// <exception cref="InvalidInputException">The job has no context tokens.</exception>
    /// <exception cref="AdaptClusterException">No epoch has finished yet.</exception>
    public static Figure Draw(JobHistory history)
    {
        var name = $"job {history.Status.Id} ({history.Status.Description})";
        if (history.Status.Epochs == 0) throw new InvalidInputException($"{name} does not train; write the id of an adapt job.");
        if (history.Epochs.Length == 0)
            throw new AdaptClusterException($"{name} has ended no epoch yet; 'sweep status' shows how far it is.");
        if (history.Epochs.All(epoch => epoch.ImageContextTokens + epoch.TextContextTokens == 0))
            throw new InvalidInputException($"{name} has no context tokens to count; write the id of an adapt job.");
        var adapt = history.Definition.Pruning;
        var before = adapt is null ? (int?)null : adapt.PromptDepth * adapt.MaxContextLength;
        var figure = new Figure(620, 400);
        var plot = Style.Panel(history.Status.Description);
        double[] epochs = [.. before is null ? (double[])[] : [0], .. history.Epochs.Select(epoch => (double)epoch.Epoch)];
        Line("image branch", 0, MarkerShape.FilledCircle, before, epoch => epoch.ImageContextTokens);
        Line("text branch", 1, MarkerShape.FilledSquare, before, epoch => epoch.TextContextTokens);
        Line("both", 2, MarkerShape.FilledDiamond, 2 * before, epoch => epoch.ImageContextTokens + epoch.TextContextTokens);
        if (history.Definition.TTarget is { } target)
        {
            var line = plot.Add.HorizontalLine(target);
            (line.Color, line.LineWidth, line.LegendText) = (Style.Ink, 1.2f, $"T_target = {target}");
        }
        plot.XLabel("epoch");
        plot.YLabel("context tokens left");
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        plot.Axes.SetLimits(0, epochs[^1] + 0.4, 0, Math.Max(
            2 * before ?? 0, history.Epochs.Max(epoch => epoch.ImageContextTokens + epoch.TextContextTokens)) * 1.08);
        plot.ShowLegend(Alignment.UpperRight);
        figure.Add(plot, 0, 0, figure.Width, figure.Height);
        return figure;

        void Line(string text, int series, MarkerShape marker, int? start, Func<JobEpoch, int> of)
        {
            var line = plot.Add.Scatter(epochs, [.. start is { } all ? (double[])[all] : [],
                .. history.Epochs.Select(epoch => (double)of(epoch))]);
            (line.Color, line.LineWidth, line.MarkerSize, line.MarkerShape, line.LegendText) = (Style.Series[series], 2, 7, marker, text);
        }
    }
}
