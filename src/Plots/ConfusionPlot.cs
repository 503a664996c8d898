using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Evidence;
using ScottPlot;
using SkiaSharp;

namespace AdaptCluster.Plots;

/// <summary>
/// Plots a confusion matrix, with one row per class and one column per predicted class. The shade of a cell shows its share of the row's
/// images.
/// </summary>
public static class ConfusionPlot
{
    /// <summary>The maximum number of classes for which names and numbers are shown.</summary>
    private const int MostNamed = 40;

    private const float NumberSize = 12, Edge = 14, TitleHeight = 26;

    /// <summary>Draws the figure.</summary>
    /// <param name="found">The predictions of one split.</param>
    /// <param name="title">The title, such as "adapt snip T=12 · tiny-kinds · seed 1, test".</param>
    /// <param name="shares">Whether cells contain percentages of the row's images instead of numbers of images.</param>
    /// <exception cref="InvalidInputException">The split has no images, or has too many classes to plot.</exception>
    public static Figure Draw(SplitAnalysis found, string title, bool shares)
    {
        if (found.Split.Count == 0) throw new InvalidInputException($"plot: {title}: the split has no images.");
        var count = found.ClassNames.Count;
        if (count > SplitAnalysis.MatrixClasses)
            throw new InvalidInputException($"plot: {title}: found {count} classes; the figure shows at most "
                + $"{SplitAnalysis.MatrixClasses}; 'sweep predictions' prints all.");
        var named = count <= MostNamed;
        var cells = Cells(found, named, shares);
        var side = named ? Math.Max(Math.Clamp(320.0 / count, 24, 64), cells.Max(cell => Style.Width(cell.Text, NumberSize)) + 8)
            : Math.Max(1.2, 640.0 / count);
        string[] names = named ? [.. found.ClassNames.Select(Short)] : [];
        var name = named ? names.Max(text => Style.Width(text, Style.TickSize)) : 30;
        var (left, top, area) = (name + 44, 40.0, side * count);
        // Column names are rotated if the widest does not fit its column.
        var upright = named && name > side - 6;
        var bottom = (upright ? name : 16) + 14;
        var width = Math.Max(left + area + Edge, Math.Max(left + 300, Style.Width(title, Style.TitleSize) + (2 * Edge)));
        var figure = new Figure(width, top + area + bottom + TitleHeight + 64);
        var plot = Style.Panel();
        Style.Bare(plot);
        plot.Add.Plottable(new Shades(cells, count, named ? NumberSize : 0));
        Axes(plot, names, count, upright);
        plot.Layout.Fixed(new PixelPadding((float)left, (float)Edge, (float)bottom, 4));
        figure.Add(Heading(title, Style.TitleSize), 0, 0, width, top - 4);
        figure.Add(plot, 0, top - 4, left + area + Edge, 4 + area + bottom);
        // ScottPlot would draw the axis title over rotated names.
        figure.Add(Heading(named ? "predicted class" : "predicted class (label)", Style.LabelSize), left, top + area + bottom,
            Math.Max(area, 160), TitleHeight);
        figure.Add(ColourBar.Horizontal("share of the images of a class (%)", ColourBar.Ticks(0, 100), value => value / 100, 0, 100),
            left, top + area + bottom + TitleHeight + 4, 300, 60);
        return figure;
    }

    private static Plot Heading(string title, float size)
    {
        var plot = Style.Panel();
        plot.HideAxesAndGrid();
        plot.Layout.Fixed(new PixelPadding(0));
        plot.Axes.SetLimits(0, 1, 0, 1);
        Style.Text(plot, title, 0.5, 0.5, size, Style.Ink);
        return plot;
    }

    private static void Axes(Plot plot, string[] names, int count, bool upright)
    {
        // With many classes, only every tenth or hundredth label is shown.
        var step = count <= 200 ? 10 : 100;
        int[] shown = [.. Enumerable.Range(0, count).Where(label => names.Length > 0 || label % step == 0)];
        string[] texts = names.Length > 0 ? names : [.. shown.Select(label => label.ToString(CultureInfo.InvariantCulture))];
        plot.Axes.Bottom.SetTicks([.. shown.Select(label => (double)label)], texts);
        plot.Axes.Left.SetTicks([.. shown.Select(label => (double)(count - 1 - label))], texts);
        var style = plot.Axes.Bottom.TickLabelStyle;
        if (upright) (style.Rotation, style.Alignment, style.OffsetY) = (-90, Alignment.MiddleRight, 5);
        plot.YLabel(names.Length > 0 ? "class" : "class (label)");
        plot.Axes.SetLimits(-0.5, count - 0.5, -0.5, count - 0.5);
    }

    private static Shaded[] Cells(SplitAnalysis found, bool named, bool shares)
    {
        var cells = new List<Shaded>();
        foreach (var row in found.Classes)
        {
            foreach (var column in found.Classes)
            {
                var images = found.Confused(row.Label, column.Label);
                // Empty cells have the lightest shade, which is that of the background.
                if (images == 0) continue;
                var share = (double)images / row.Images;
                var text = !named ? "" : shares ? (100 * share).ToString("F0", CultureInfo.InvariantCulture) : $"{images}";
                cells.Add(new Shaded(column.Label, found.Classes.Count - 1 - row.Label, share, text));
            }
        }
        return [.. cells];
    }

    /// <summary>Shortens a name that is too wide for the figure.</summary>
    private static string Short(string name)
    {
        const int Most = 24;
        return name.Length <= Most ? name : name[..(Most - 1)] + "…";
    }

    private readonly record struct Shaded(int X, int Y, double Share, string Text);

    /// <summary>
    /// The cells of the matrix. ScottPlot would take minutes to draw a million of them as its built-in rectangle objects.
    /// </summary>
    private sealed class Shades(Shaded[] cells, int count, float textSize) : IPlottable
    {
        public bool IsVisible { get; set; } = true;

        public IAxes Axes { get; set; } = new Axes();

        public IEnumerable<LegendItem> LegendItems => [];

        public AxisLimits GetAxisLimits() => new(-0.5, count - 0.5, -0.5, count - 0.5);

        public void Render(RenderPack rp)
        {
            using var paint = new SKPaint { Color = Style.Shade(0).ToSKColor() };
            rp.Canvas.DrawRect(rp.DataRect.ToSKRect(), paint);
            var typeface = Fonts.GetTypeface(Style.Font, bold: false, italic: false);
            using var font = MathText.Font(typeface, Math.Max(1, textSize));
            // White seams between cells, if the cells are large enough.
            var seam = rp.DataRect.Width / count > 8 ? 0.5f : 0;
            foreach (var cell in cells)
            {
                var (low, high) = (Axes.GetPixel(new(cell.X - 0.5, cell.Y - 0.5)), Axes.GetPixel(new(cell.X + 0.5, cell.Y + 0.5)));
                paint.Color = Style.Shade(cell.Share).ToSKColor();
                rp.Canvas.DrawRect(new SKRect(low.X + seam, high.Y + seam, high.X - seam, low.Y - seam), paint);
                if (cell.Text.Length == 0) continue;
                paint.Color = Style.OnShade(cell.Share).ToSKColor();
                rp.Canvas.DrawText(cell.Text, (low.X + high.X - font.MeasureText(cell.Text)) / 2,
                    ((low.Y + high.Y) / 2) + (0.36f * textSize), font, paint);
            }
        }
    }
}
