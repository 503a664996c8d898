using System.Text.RegularExpressions;
using ScottPlot;
using SkiaSharp;

namespace AdaptCluster.Plots;

/// <summary>Draws text in which "T_target" is typeset as in papers: an italic T with a subscript.</summary>
internal static partial class MathText
{
    private const float SubscriptSize = 0.72f, SubscriptDrop = 0.24f;

    /// <summary>Returns the width of a string in layout units.</summary>
    public static float Width(string text, float size)
    {
        var width = 0f;
        foreach (var piece in Pieces(text, size))
        {
            using var font = Font(piece.Typeface, piece.Size);
            width += font.MeasureText(piece.Text);
        }
        return width;
    }

    /// <summary>Draws a string on one line.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="text">The text.</param>
    /// <param name="x">The left end.</param>
    /// <param name="middle">The vertical middle of the capital letters.</param>
    /// <param name="size">The font size.</param>
    /// <param name="colour">The colour.</param>
    public static void Draw(SKCanvas canvas, string text, float x, float middle, float size, Color colour)
    {
        using var paint = new SKPaint { Color = colour.ToSKColor(), IsAntialias = true };
        foreach (var piece in Pieces(text, size))
        {
            using var font = Font(piece.Typeface, piece.Size);
            canvas.DrawText(piece.Text, x, middle + (0.36f * size) + piece.Drop, font, paint);
            x += font.MeasureText(piece.Text);
        }
    }

    /// <summary>Returns a font with the same letter spacing at every scale.</summary>
    public static SKFont Font(SKTypeface typeface, float size) =>
        new(typeface, size) { Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None };

    private static IEnumerable<(string Text, SKTypeface Typeface, float Size, float Drop)> Pieces(string text, float size)
    {
        var upright = Fonts.GetTypeface(Style.Font, bold: false, italic: false);
        var from = 0;
        foreach (Match match in Target().Matches(text))
        {
            if (match.Index > from) yield return (text[from..match.Index], upright, size, 0);
            yield return ("T", Fonts.GetTypeface(Style.Font, bold: false, italic: true), size, 0);
            yield return ("target", upright, size * SubscriptSize, size * SubscriptDrop);
            from = match.Index + match.Length;
        }
        if (from < text.Length) yield return (text[from..], upright, size, 0);
    }

    [GeneratedRegex("T_target")]
    private static partial Regex Target();
}

/// <summary>The title of a bottom axis. ScottPlot's own axis label does not support subscripts.</summary>
/// <param name="text">The text.</param>
internal sealed class MathTitle(string text) : IPanel
{
    public bool IsVisible { get; set; } = true;

    public float MinimumSize { get; set; }

    public float MaximumSize { get; set; } = float.MaxValue;

    public Edge Edge => Edge.Bottom;

    public bool ShowDebugInformation { get; set; }

    public float Measure(Paint paint) => Style.LabelSize + 10;

    public PixelRect GetPanelRect(PixelRect dataRect, float size, float offset, Paint paint) =>
        new(dataRect.Left, dataRect.Right, dataRect.Bottom + offset + size, dataRect.Bottom + offset);

    public void Render(RenderPack rp, float size, float offset)
    {
        var x = rp.DataRect.HorizontalCenter - (MathText.Width(text, Style.LabelSize) / 2);
        MathText.Draw(rp.Canvas, text, x, rp.DataRect.Bottom + offset + (size / 2) - 2, Style.LabelSize, Style.Ink);
    }
}

/// <summary>A text label in a panel, left-aligned at a point in data units.</summary>
/// <param name="text">The text.</param>
/// <param name="x">The left end, in data units.</param>
/// <param name="y">The vertical middle, in data units.</param>
internal sealed class MathLabel(string text, double x, double y) : IPlottable
{
    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => [];

    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    public void Render(RenderPack rp)
    {
        var at = Axes.GetPixel(new Coordinates(x, y));
        MathText.Draw(rp.Canvas, text, at.X, at.Y, Style.TickSize, Style.Ink);
    }
}
