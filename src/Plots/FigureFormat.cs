using AdaptCluster.Contracts;

namespace AdaptCluster.Plots;

/// <summary>The file format of a figure.</summary>
public enum FigureFormat
{
    /// <summary>A raster image.</summary>
    Png,

    /// <summary>A vector image in which text remains text.</summary>
    Svg,

    /// <summary>
    /// A vector image with embedded fonts, for LaTeX. Sizes are in points. The Skia build of SkiaSharp cannot subset fonts, so each font
    /// style adds a whole font, which is 90 KB for Liberation Sans.
    /// </summary>
    Pdf,
}

/// <summary>Maps figure formats to file extensions and units.</summary>
public static class FigureFormats
{
    /// <summary>Returns the format that a file name's extension selects.</summary>
    /// <exception cref="InvalidInputException">The name has another extension, or no extension.</exception>
    public static FigureFormat Of(string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".SVG" => FigureFormat.Svg,
        ".PNG" => FigureFormat.Png,
        ".PDF" => FigureFormat.Pdf,
        "" => throw new InvalidInputException(
            $"--out {file}: the name has no extension; write {file}.pdf, {file}.svg or {file}.png."),
        var other => throw new InvalidInputException(
            $"--out {file}: found the extension '{other.ToLowerInvariant()}'; write a name that ends in .pdf, .svg or .png."),
    };

    /// <summary>Returns the unit of a format's width and height: points of 1/72 inch, or pixels.</summary>
    public static string Unit(FigureFormat format) => format == FigureFormat.Pdf ? "points" : "pixels";
}
