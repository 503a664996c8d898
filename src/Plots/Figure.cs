using System.Text;
using System.Text.RegularExpressions;
using AdaptCluster.Contracts;
using ScottPlot;
using SkiaSharp;

namespace AdaptCluster.Plots;

/// <summary>
/// A figure for a paper, made of panels on a white background. It is laid out at its natural size and scaled as a whole, so that nothing is
/// clipped at other sizes.
/// </summary>
public sealed partial class Figure
{
    /// <summary>The number of PNG pixels per layout unit. At this density, text is about as sharp as in print.</summary>
    private const float Density = 2;

    /// <summary>The number of PDF points per layout unit. At this size, text is 7 to 8 points high, as in captions of papers.</summary>
    private const float Points = 0.5f;

    /// <summary>The maximum width and height, in pixels, that viewers and papers still accept.</summary>
    public const int MaxSide = 10_000;

    private readonly List<(Plot Plot, PixelRect Place)> _panels = [];

    internal Figure(double width, double height) => (Width, Height) = ((float)Math.Ceiling(width), (float)Math.Ceiling(height));

    internal float Width { get; }

    internal float Height { get; }

    internal void Add(Plot plot, double left, double top, double width, double height) =>
        _panels.Add((plot, new PixelRect((float)left, (float)(left + width), (float)(top + height), (float)top)));

    /// <summary>Writes the figure to a file atomically.</summary>
    /// <param name="file">The path of the file, which ends in .png, .svg or .pdf.</param>
    /// <param name="size">The width and height in pixels, or in points for PDF; null for the figure's natural size.</param>
    /// <param name="replace">Whether to replace an existing file.</param>
    /// <returns>The width and height in pixels, or in points for PDF.</returns>
    /// <exception cref="InvalidInputException">The path has another extension, the file already exists, or it cannot be
    /// written.</exception>
    public (int Width, int Height) Save(string file, (int Width, int Height)? size, bool replace)
    {
        var format = FigureFormats.Of(file);
        var (width, height) = size ?? NaturalSize(format);
        if (!replace && File.Exists(file))
            throw new InvalidInputException($"--out {file}: the file already exists; use --force to replace it, or choose another name.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!Directory.Exists(folder))
            throw new InvalidInputException($"--out {file}: there is no folder {folder}; create it, or choose another name.");
        var part = Path.Combine(folder, $".{Path.GetFileName(file)}.{Environment.ProcessId}.part");
        try
        {
            using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write))
            {
                Write(stream, format, width, height);
                stream.Flush(flushToDisk: true);
            }
            File.Move(part, file, replace);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InvalidInputException(
                $"--out {file}: you have no permission to write it; choose another name, or change the folder's permissions.", e);
        }
        finally
        {
            File.Delete(part);
        }
        return (width, height);
    }

    /// <summary>Returns the figure at its natural size, encoded in the given format.</summary>
    public byte[] ToBytes(FigureFormat format)
    {
        using var stream = new MemoryStream();
        var (width, height) = NaturalSize(format);
        Write(stream, format, width, height);
        return stream.ToArray();
    }

    private (int Width, int Height) NaturalSize(FigureFormat format)
    {
        var density = format switch { FigureFormat.Png => Density, FigureFormat.Pdf => Points, _ => 1 };
        // A table with very many rows is scaled down to the maximum size.
        density = Math.Min(density, MaxSide / Math.Max(Width, Height));
        return ((int)(Width * density), (int)(Height * density));
    }

    private void Write(Stream stream, FigureFormat format, int width, int height)
    {
        if (format == FigureFormat.Png) WritePng(stream, width, height);
        else if (format == FigureFormat.Svg) WriteSvg(stream, width, height);
        else WritePdf(stream, width, height);
    }

    private void WritePng(Stream stream, int width, int height)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height))
            ?? throw new AdaptClusterException(
            $"plot: there is not enough memory for {width} × {height} pixels; use a smaller --size, or a name that ends in .pdf or "
                + ".svg.");
        Draw(surface.Canvas, width, height);
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        png.SaveTo(stream);
    }

    private void WriteSvg(Stream stream, int width, int height)
    {
        using var buffer = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), buffer)) Draw(canvas, width, height);
        // Skia numbers the ids across all files of a process. Renumbering makes equal figures equal byte for byte.
        var numbers = new Dictionary<string, int>();
        stream.Write(Encoding.UTF8.GetBytes(SvgId().Replace(Encoding.UTF8.GetString(buffer.ToArray()), id =>
        {
            if (!numbers.TryGetValue(id.Groups[2].Value, out var number)) numbers[id.Groups[2].Value] = number = numbers.Count;
            return $"{id.Groups[1].Value}id_{number}";
        })));
    }

    private void WritePdf(Stream stream, int width, int height)
    {
        // Without dates, so that equal figures are equal byte for byte.
        var maker = new SKDocumentPdfMetadata { Creator = "AdaptCluster", Producer = "AdaptCluster" };
        using var document = SKDocument.CreatePdf(stream, maker);
        Draw(document.BeginPage(width, height), width, height);
        document.EndPage();
        document.Close();
    }

    [GeneratedRegex("""( id="|url\(#)([a-z]+_[0-9a-f]+)(?=["\)])""")]
    private static partial Regex SvgId();

    private void Draw(SKCanvas canvas, int width, int height)
    {
        canvas.Clear(SKColors.White);
        var scale = Math.Min(width / Width, height / Height);
        canvas.Scale(scale);
        // If the aspect ratio differs, the remaining space is divided among the panels.
        var (x, y) = (width / scale / Width, height / scale / Height);
        foreach (var (plot, place) in _panels)
        {
            var rectangle = new PixelRect(place.Left * x, place.Right * x, place.Bottom * y, place.Top * y);
            // ScottPlot draws a new plot twice, first to find its limits. Without this extra pass, both drawings would remain, because
            // the canvas is not cleared between them.
            using (var aside = SKSurface.CreateNull(1, 1)) plot.Render(aside.Canvas, rectangle);
            plot.Render(canvas, rectangle);
        }
    }
}
