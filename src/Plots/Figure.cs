using AdaptCluster.Contracts;
using ScottPlot;
using SkiaSharp;

namespace AdaptCluster.Plots;

/// <summary>
/// A drawing for a paper: panels on white, laid out at its natural size and scaled as a whole, so that nothing is clipped at another size.
/// </summary>
public sealed class Figure
{
    /// <summary>Pixels of a PNG for each unit of the layout: lines of text are then about as fine as in print.</summary>
    private const float Density = 2;

    /// <summary>Most pixels of a side: what viewers and papers still take.</summary>
    public const int MaxSide = 10_000;

    private readonly List<(Plot Plot, PixelRect Place)> _panels = [];

    internal Figure(double width, double height) => (Width, Height) = ((float)Math.Ceiling(width), (float)Math.Ceiling(height));

    internal float Width { get; }

    internal float Height { get; }

    internal void Add(Plot plot, double left, double top, double width, double height) =>
        _panels.Add((plot, new PixelRect((float)left, (float)(left + width), (float)(top + height), (float)top)));

    /// <summary>Writes the figure; the file is there complete or not at all.</summary>
    /// <param name="file">Its name ends in .png or .svg.</param>
    /// <param name="size">Width and height in pixels; null for the figure's own.</param>
    /// <param name="replace">Whether a file of that name may go.</param>
    /// <returns>The width and height in pixels.</returns>
    /// <exception cref="InvalidInputException">The name ends otherwise, the file is there, or it may not be written.</exception>
    public (int Width, int Height) Save(string file, (int Width, int Height)? size, bool replace)
    {
        var svg = IsSvg(file);
        var density = svg ? 1 : Density;
        // A table of very many rows gets smaller, not larger than viewers take.
        density = Math.Min(density, MaxSide / Math.Max(Width, Height));
        var (width, height) = size ?? ((int)(Width * density), (int)(Height * density));
        if (!replace && File.Exists(file))
            throw new InvalidInputException($"--out {file}: the file is there already; write --force to replace it, or another name.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!Directory.Exists(folder))
            throw new InvalidInputException($"--out {file}: there is no folder {folder}; make it, or write another name.");
        var part = Path.Combine(folder, $".{Path.GetFileName(file)}.{Environment.ProcessId}.part");
        try
        {
            using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write))
            {
                if (svg) WriteSvg(stream, width, height);
                else WritePng(stream, width, height);
                stream.Flush(flushToDisk: true);
            }
            File.Move(part, file, replace);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InvalidInputException(
                $"--out {file}: this user may not write there; write another name, or change the folder's permissions.", e);
        }
        finally
        {
            File.Delete(part);
        }
        return (width, height);
    }

    /// <summary>Whether a file is to be SVG; otherwise it is PNG.</summary>
    /// <exception cref="InvalidInputException">Its name ends in neither.</exception>
    public static bool IsSvg(string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".SVG" => true,
        ".PNG" => false,
        "" => throw new InvalidInputException($"--out {file}: the name has no ending; write {file}.png or {file}.svg."),
        var other =>
            throw new InvalidInputException(
                $"--out {file}: found the ending '{other.ToLowerInvariant()}'; write a name that ends in .png or .svg."),
    };

    private void WritePng(Stream stream, int width, int height)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height))
            ?? throw new AdaptClusterException(
            $"plot: there is no memory for {width} × {height} pixels; write a smaller --size, or a name that ends in .svg.");
        Draw(surface.Canvas, width, height);
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        png.SaveTo(stream);
    }

    private void WriteSvg(Stream stream, int width, int height)
    {
        using var canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), stream);
        Draw(canvas, width, height);
    }

    private void Draw(SKCanvas canvas, int width, int height)
    {
        canvas.Clear(SKColors.White);
        var scale = Math.Min(width / Width, height / Height);
        canvas.Scale(scale);
        // What is left over of another shape is divided among the panels.
        var (x, y) = (width / scale / Width, height / scale / Height);
        foreach (var (plot, place) in _panels)
        {
            var rectangle = new PixelRect(place.Left * x, place.Right * x, place.Bottom * y, place.Top * y);
            // ScottPlot draws a new plot twice, once to find its limits; on a canvas that is not cleared in between both would stay.
            using (var aside = SKSurface.CreateNull(1, 1)) plot.Render(aside.Canvas, rectangle);
            plot.Render(canvas, rectangle);
        }
    }
}
