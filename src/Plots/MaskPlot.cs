using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>
/// Plots a job's context tokens: either when each token was pruned, or the tokens left after given prune steps. Rows are blocks of a tower,
/// and columns are tokens.
/// </summary>
public static class MaskPlot
{
    private const double CellSize = 24, Gap = 28, Left = 64, Top = 40, Bottom = 52;

    private const string LongestTitle = "image branch: 000 of 000 tokens left ";

    /// <summary>Draws a figure that shows when each token was pruned.</summary>
    /// <exception cref="InvalidInputException">The job has no masks.</exception>
    /// <exception cref="AdaptClusterException">The job has not pruned any tokens yet.</exception>
    public static Figure DrawLives(JobHistory history)
    {
        var grid = TokenGrid.Of(history);
        var (width, height) = Size(grid);
        var figure = new Figure((2 * width) + Gap, height + 92);
        // Shades distinguish the prune steps, so the scale starts at the first step.
        var (first, last) = ((double)history.Prunes[0].Iteration, (double)history.Prunes[^1].Iteration);
        double Share(double iteration) => last == first ? 0.4 : 0.1 + (0.75 * (iteration - first) / (last - first));
        foreach (var (branch, title, index) in (IEnumerable<(Branch, string, int)>)[(Branch.Image, "image branch", 0),
            (Branch.Text, "text branch", 1)])
        {
            var lives = grid.Lives(branch);
            figure.Add(Panel(grid, $"{title}: {lives.Count(life => life is null)} of {lives.Length} tokens left",
                token => lives[token] is { } end ? Style.Shade(Share(end)) : Style.Vermilion), index * (width + Gap), 0, width, height);
        }
        var perEpoch = Math.Max(1, history.IterationsPerEpoch);
        var (start, stop) = (first / perEpoch, Math.Max(last, first + 1) / perEpoch);
        figure.Add(ColourBar.Horizontal("epochs until a token was pruned", ColourBar.Ticks(start, stop), epochs => Share(epochs * perEpoch),
            start, stop), Left, height + 8, Math.Min(320, figure.Width - Left - 150), 72);
        var key = Style.Panel();
        key.HideAxesAndGrid();
        key.Axes.SetLimits(0, 140, 0, 72);
        key.Layout.Fixed(new PixelPadding(0));
        var square = key.Add.Rectangle(4, 26, 42, 66);
        (square.FillColor, square.LineWidth) = (Style.Vermilion, 0);
        Style.Text(key, "never pruned", 34, 54, Style.TickSize, Style.Ink, alignment: Alignment.MiddleLeft);
        figure.Add(key, Math.Min(Left + 340, figure.Width - 150), height + 8, 140, 72);
        return figure;
    }

    /// <summary>Draws the masks after the given prune steps, one below the other.</summary>
    /// <param name="history">The job's history.</param>
    /// <param name="steps">The numbers of the prune steps, starting at 1; 0 for the masks before the first step.</param>
    /// <exception cref="InvalidInputException">The job has no masks, or a prune step does not exist.</exception>
    public static Figure DrawSteps(JobHistory history, int[] steps)
    {
        var grid = TokenGrid.Of(history);
        var (width, height) = Size(grid);
        var figure = new Figure((2 * width) + Gap, steps.Length * height);
        for (var i = 0; i < steps.Length; i++)
        {
            foreach (var (branch, title, index) in (IEnumerable<(Branch, string, int)>)[(Branch.Image, "image", 0),
                (Branch.Text, "text", 1)])
            {
                var mask = grid.Mask(branch, steps[i]);
                var when = steps[i] == 0 ? "before pruning"
                    : string.Create(CultureInfo.InvariantCulture, $"step {steps[i]}, epoch {grid.Epoch(steps[i])}");
                figure.Add(Panel(grid, $"{title}, {when}: {mask.Count(live => live == 1)} tokens",
                    token => mask[token] == 1 ? Style.Blue : Style.Faint), index * (width + Gap), i * height, width, height);
            }
        }
        return figure;
    }

    private static (double Width, double Height) Size(TokenGrid grid) =>
        (Left + Math.Max(grid.Length * CellSize, Style.Width(LongestTitle, Style.TitleSize)) + 12, Top + (grid.Depth * CellSize) + Bottom);

    private static Plot Panel(TokenGrid grid, string title, Func<int, Color> colour)
    {
        var plot = Style.Panel(title);
        Style.Bare(plot);
        for (var token = 0; token < grid.Depth * grid.Length; token++)
            Style.Cell(plot, token % grid.Length, grid.Depth - 1 - (token / grid.Length), colour(token), Colors.White);
        var (columns, rows) = (Numbers(grid.Length), Numbers(grid.Depth));
        plot.Axes.Bottom.SetTicks([.. columns.Select(number => number - 1.0)], [.. columns.Select(number => $"{number}")]);
        plot.Axes.Left.SetTicks([.. rows.Select(number => (double)(grid.Depth - number))], [.. rows.Select(number => $"{number}")]);
        plot.XLabel("token");
        plot.YLabel("block");
        plot.Axes.SetLimits(-0.5, grid.Length - 0.5, -0.5, grid.Depth - 0.5);
        plot.Layout.Fixed(new PixelPadding((float)Left, 12, (float)Bottom, (float)Top));
        return plot;
    }

    /// <summary>Returns the tick labels for a number of rows or columns. Labels that would overlap are omitted.</summary>
    private static int[] Numbers(int count) =>
        [.. Enumerable.Range(1, count).Where(number => count <= 16 || number == 1 || number % 4 == 0)];
}
