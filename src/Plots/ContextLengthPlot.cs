using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Plots;

/// <summary>Plots the context tokens left after each epoch, either for one job by branch or for arms as means over their seeds.</summary>
public static class ContextLengthPlot
{
    /// <summary>
    /// Draws the means of arms. Each data set has a row with three panels: both branches together, the image branch and the text branch.
    /// </summary>
    /// <param name="arms">The arms. Arms without context tokens are omitted.</param>
    /// <exception cref="AdaptClusterException">No arm has both context tokens and a finished epoch.</exception>
    public static Figure DrawMeans(ArmRuns[] arms)
    {
        arms = Array.FindAll(arms, arm => Array.Exists(arm.Runs, run => run.Definition.Pruning is not null && run.Epochs.Length > 0));
        if (arms.Length == 0)
            throw new AdaptClusterException("plot: no complete cell of this sweep prunes context tokens; only adapt arms do.");
        return EpochPanels.Draw(arms,
        [
            new("both branches", "context tokens left", epoch => epoch.ImageContextTokens + epoch.TextContextTokens, FromZero: true,
                run => 2 * Before(run)),
            new("image branch", "context tokens left", epoch => epoch.ImageContextTokens, FromZero: true, run => Before(run)),
            new("text branch", "context tokens left", epoch => epoch.TextContextTokens, FromZero: true, run => Before(run)),
        ], iterations: false, panelWidth: 370);
    }

    /// <summary>Draws the figure for one job.</summary>
    /// <exception cref="InvalidInputException">The job has no context tokens.</exception>
    /// <exception cref="AdaptClusterException">No epoch has finished yet.</exception>
    public static Figure Draw(JobHistory history)
    {
        var name = $"job {history.Status.Id} ({history.Status.Description})";
        if (history.Status.Epochs == 0) throw new InvalidInputException($"{name} does not train; write the id of an adapt job.");
        if (history.Epochs.Length == 0)
            throw new AdaptClusterException($"{name} has not finished an epoch yet; 'sweep status' shows the progress.");
        if (history.Epochs.All(epoch => epoch.ImageContextTokens + epoch.TextContextTokens == 0))
            throw new InvalidInputException($"{name} has no context tokens to count; write the id of an adapt job.");
        var before = Before(history);
        var plot = Style.Panel(history.Status.Description);
        double[] epochs = [.. before is null ? (double[])[] : [0], .. history.Epochs.Select(epoch => (double)epoch.Epoch)];
        var entries = new List<LegendEntry>();
        Line("image branch", before, epoch => epoch.ImageContextTokens);
        Line("text branch", before, epoch => epoch.TextContextTokens);
        Line("both", 2 * before, epoch => epoch.ImageContextTokens + epoch.TextContextTokens);
        if (history.Definition.TTarget is { } target)
        {
            var line = plot.Add.HorizontalLine(target);
            (line.Color, line.LineWidth) = (Style.Ink, 1.2f);
            entries.Add(LegendEntry.Plain($"T_target = {target}", Style.Ink, 1.2f));
        }
        plot.XLabel("epoch");
        plot.YLabel("context tokens left");
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        var most = Math.Max(2 * before ?? 0, history.Epochs.Max(epoch => epoch.ImageContextTokens + epoch.TextContextTokens)) * 1.08;
        // Leaves room for markers that lie on an axis.
        plot.Axes.SetLimits(-0.02 * epochs[^1], epochs[^1] * 1.03, -0.03 * most, most);
        var grid = new PanelGrid(1, 620, 380, [.. entries]);
        grid.Add(0, plot);
        return grid.Finish();

        void Line(string text, int? start, Func<JobEpoch, int> of)
        {
            var line = plot.Add.Scatter(epochs, [.. start is { } all ? (double[])[all] : [],
                .. history.Epochs.Select(epoch => (double)of(epoch))]);
            Style.Dress(line, entries.Count, hollow: false);
            entries.Add(LegendEntry.Line(text, entries.Count));
        }
    }

    /// <summary>Returns the number of context tokens in a branch before training; null if unknown.</summary>
    private static int? Before(JobHistory run) => run.Definition.Pruning is { } adapt ? adapt.PromptDepth * adapt.MaxContextLength : null;
}
