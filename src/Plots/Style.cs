using AdaptCluster.Contracts;
using ScottPlot;
using SkiaSharp;

namespace AdaptCluster.Plots;

/// <summary>
/// The common style of all figures: colours that colour-blind readers can distinguish (Okabe and Ito), one sans-serif font, and sizes
/// suitable for print.
/// </summary>
internal static class Style
{
    public const float TickSize = 14, LabelSize = 15, TitleSize = 16;

    private static readonly string[] Families = ["Helvetica", "Arial", "Liberation Sans", "Nimbus Sans", "DejaVu Sans",
        "Noto Sans", "Open Sans", "Roboto"];

    public static readonly Color Ink = Color.FromHex("#222222"), Faint = Color.FromHex("#D9D9D9"), Blue = Color.FromHex("#0072B2"),
        Vermilion = Color.FromHex("#D55E00");

    /// <summary>The colours of the series, in order.</summary>
    public static readonly Color[] Series = [Blue, Vermilion, Color.FromHex("#009E73"), Color.FromHex("#CC79A7"), Color.FromHex("#E69F00"),
        Color.FromHex("#56B4E9"), Ink];

    /// <summary>A series number whose line has the text colour, with circles as markers.</summary>
    public const int InkSeries = 20;

    /// <summary>The colours of the horizontal reference lines.</summary>
    public static readonly Color[] Levels = [Color.FromHex("#8A8A8A"), Color.FromHex("#BDBDBD")];

    private static readonly MarkerShape[] Shapes = [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleUp, MarkerShape.FilledTriangleDown];

    /// <summary>The font family of all text.</summary>
    /// <exception cref="AdaptClusterException">The machine has no fonts.</exception>
    public static string Font { get; } = FindFont();

    /// <summary>Creates an empty panel.</summary>
    public static Plot Panel(string title = "")
    {
        var plot = new Plot();
        // The panels share one canvas.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.Font.Set(Font);
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Grid.MajorLineColor = Color.FromHex("#EBEBEB");
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.MinorTickStyle.Length = 0;
            axis.TickLabelStyle.FontSize = TickSize;
            axis.TickLabelStyle.ForeColor = Ink;
            axis.Label.FontSize = LabelSize;
            axis.Label.Bold = false;
            axis.Label.ForeColor = Ink;
        }
        plot.Axes.Title.Label.FontSize = TitleSize;
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Title.Label.ForeColor = Ink;
        if (title.Length > 0) plot.Title(title);
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Legend.FontName = Font;
        plot.Legend.FontSize = TickSize;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        return plot;
    }

    /// <summary>
    /// Applies the colour and the marker of a series to a line. Five markers and seven colours make 35 different series, which can also be
    /// distinguished in greyscale.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="series">The number of the series, starting at 0.</param>
    /// <param name="hollow">Whether the line is thin with hollow markers. Skia does not write dashed lines to SVG.</param>
    public static void Dress(ScottPlot.Plottables.Scatter line, int series, bool hollow)
    {
        var colour = Series[series % Series.Length];
        (line.Color, line.LineWidth, line.MarkerSize) = (colour, hollow ? 1 : 2, 8);
        line.MarkerShape = Shapes[series % Shapes.Length];
        if (hollow)
            (line.MarkerStyle.OutlineWidth, line.MarkerStyle.OutlineColor, line.MarkerStyle.FillColor) = (1.5f, colour, Colors.White);
    }

    /// <summary>Adds the band of a series between a lower and an upper line.</summary>
    public static void Band(Plot plot, double[] x, double[] low, double[] high, int series)
    {
        var band = plot.Add.FillY(x, low, high);
        band.FillColor = Series[series % Series.Length].WithAlpha(0.16);
        (band.LineWidth, band.MarkerSize) = (0, 0);
        // Behind all lines, so that the band does not tint them.
        plot.MoveToBack(band);
    }

    /// <summary>Adds a ring around a point.</summary>
    public static void Ring(Plot plot, double x, double y)
    {
        var ring = plot.Add.Marker(x, y, MarkerShape.OpenCircle, 18);
        (ring.MarkerStyle.LineColor, ring.MarkerStyle.LineWidth) = (Ink, 1.8f);
    }

    /// <summary>Removes the grid, the frame and the tick marks, for panels made of cells.</summary>
    public static void Bare(Plot plot)
    {
        plot.HideGrid();
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.FrameLineStyle.Width = 0;
            axis.MajorTickStyle.Length = 0;
        }
    }

    /// <summary>Returns a shade of blue, from nearly white to dark.</summary>
    /// <param name="share">The shade, from 0 (lightest) to 1 (darkest).</param>
    public static Color Shade(double share)
    {
        var s = Math.Clamp(share, 0, 1);
        static byte Mix(double s, int from, int to) => (byte)Math.Round(from + (s * (to - from)));
        return new Color(Mix(s, 0xF4, 0x00), Mix(s, 0xF8, 0x5A), Mix(s, 0xFC, 0x96));
    }

    /// <summary>Returns the text colour for a <see cref="Shade"/>.</summary>
    public static Color OnShade(double share) => share > 0.72 ? Colors.White : Ink;

    /// <summary>Returns the width of a string in layout units.</summary>
    public static float Width(string text, float size, bool bold = false)
    {
        using var typeface = SKTypeface.FromFamilyName(Font, bold ? SKFontStyle.Bold : SKFontStyle.Normal);
        using var font = new SKFont(typeface, size);
        return font.MeasureText(text);
    }

    /// <summary>Adds a cell: a rectangle of one by one data units, centred on a point.</summary>
    public static void Cell(Plot plot, double x, double y, Color fill, Color edge)
    {
        var cell = plot.Add.Rectangle(x - 0.5, x + 0.5, y - 0.5, y + 0.5);
        cell.FillColor = fill;
        cell.LineColor = edge;
        cell.LineWidth = 1;
    }

    public static void Text(Plot plot, string text, double x, double y, float size, Color colour, bool bold = false,
        Alignment alignment = Alignment.MiddleCenter, Color? background = null)
    {
        var label = plot.Add.Text(text, x, y);
        label.LabelFontName = Font;
        label.LabelFontSize = size;
        label.LabelFontColor = colour;
        // ScottPlot's bold option changes only the font name, not the typeface.
        if (bold) label.LabelStyle.Font = Fonts.GetTypeface(Font, bold: true, italic: false);
        label.LabelAlignment = alignment;
        if (background is { } fill) (label.LabelBackgroundColor, label.LabelPadding) = (fill, 2);
    }

    private static string FindFont()
    {
        var installed = SKFontManager.Default.FontFamilies.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Families.FirstOrDefault(installed.Contains) ?? installed.FirstOrDefault()
            ?? throw new AdaptClusterException(
                "plot: this machine has no fonts in /usr/share/fonts; install a font package, such as Debian's fonts-dejavu-core.");
    }
}
