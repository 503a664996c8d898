using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>
/// Draws panels over the epochs of jobs, with one row per data set, one column per measure and one line per arm. A line is the mean over
/// the seeds, and its band is one standard deviation in each direction.
/// </summary>
internal static class EpochPanels
{
    private const double PanelHeight = 290;

    /// <summary>The maximum number of markers on a line with many epochs.</summary>
    private const int Marks = 8;

    /// <summary>Draws the figure.</summary>
    /// <param name="arms">The arms. Arms without a finished epoch are omitted.</param>
    /// <param name="measures">The measures, one per column.</param>
    /// <param name="iterations">Whether the x-axis shows iterations instead of epochs.</param>
    /// <param name="panelWidth">The minimum width of a panel in layout units.</param>
    /// <exception cref="AdaptClusterException">No arm has a finished epoch.</exception>
    public static Figure Draw(ArmRuns[] arms, Measure[] measures, bool iterations, double panelWidth)
    {
        arms = Array.FindAll(arms, arm => arm.Runs.Any(run => run.Epochs.Length > 0));
        if (arms.Length == 0) throw new AdaptClusterException(
            "plot: none of these jobs has finished an epoch; zero-shot jobs have no epochs.");
        string[] labels = [.. arms.Select(arm => arm.Label).Distinct()], datasets = [.. arms.Select(arm => arm.Dataset).Distinct()];
        LegendEntry[] entries = [.. labels.Select((label, series) => LegendEntry.Line(label, series))];
        var grid = new PanelGrid(datasets.Length * measures.Length, panelWidth, PanelHeight, entries, measures.Length);
        for (var i = 0; i < datasets.Length * measures.Length; i++)
        {
            var (dataset, measure) = (datasets[i / measures.Length], measures[i % measures.Length]);
            var plot = Style.Panel(measure.Title is null ? dataset : $"{dataset}, {measure.Title}");
            foreach (var arm in arms.Where(arm => arm.Dataset == dataset))
                Line(plot, arm, measure, (Array.IndexOf(labels, arm.Label), labels.Length), iterations);
            plot.XLabel(iterations ? "iteration" : "epoch");
            plot.YLabel(measure.Axis);
            plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
            if (measure.FromZero) plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
            plot.Axes.AutoScale();
            var limits = plot.Axes.GetLimits();
            // Counts start at 0, with room for markers on the axis.
            if (measure.FromZero) plot.Axes.SetLimitsY(-0.03 * limits.Top, limits.Top);
            grid.Add(i, plot);
        }
        return grid.Finish();
    }

    private static void Line(Plot plot, ArmRuns arm, Measure measure, (int Series, int Count) place, bool iterations)
    {
        var series = place.Series;
        var runs = Array.FindAll(arm.Runs, run => run.Epochs.Length > 0);
        var start = measure.Start?.Invoke(runs[0]);
        List<double> x = [], mean = [], low = [], high = [];
        if (start is { } before) Add(0, before, 0);
        foreach (var point in EpochMean.Of(runs.Select(run => run.Epochs), epoch => epoch.Epoch, measure.Of))
            Add(point.Epoch * (iterations ? runs[0].IterationsPerEpoch : 1), point.Mean, point.Std);
        if (runs.Length > 1 && x.Count > 1) Style.Band(plot, [.. x], [.. low], [.. high], series);
        var line = plot.Add.Scatter(x.ToArray(), mean.ToArray());
        Style.Dress(line, series, hollow: false);
        line.MarkerSize = 0;
        // The markers of different series are staggered, so that all of them stay visible on identical lines.
        var step = Math.Min(x.Count, Math.Max(Math.Min(3, place.Count), x.Count / Marks));
        int[] marked = [.. Enumerable.Range(0, x.Count).Where(i => i % step == series % step)];
        if (marked.Length > 0)
        {
            double[] at = [.. marked.Select(i => x[i])], heights = [.. marked.Select(i => mean[i])];
            var marks = plot.Add.Scatter(at, heights);
            Style.Dress(marks, series, hollow: false);
            marks.LineWidth = 0;
        }

        void Add(double at, double average, double std)
        {
            x.Add(at);
            mean.Add(average);
            low.Add(average - std);
            high.Add(average + std);
        }
    }

    /// <summary>The measure that a column of panels shows.</summary>
    /// <param name="Title">The name of the measure in the panels' titles; null for none.</param>
    /// <param name="Axis">The title of the y-axis.</param>
    /// <param name="Of">A function that returns the measure's value after an epoch.</param>
    /// <param name="FromZero">Whether the measure is a count, so that its axis starts at 0.</param>
    /// <param name="Start">A function that returns the measure's value before the first epoch; null if the value is unknown.</param>
    internal sealed record Measure(string? Title, string Axis, Func<JobEpoch, double> Of, bool FromZero = false,
        Func<JobHistory, double?>? Start = null);
}
