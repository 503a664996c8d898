using AdaptCluster.Contracts;

namespace AdaptCluster.Plots;

/// <summary>The file format of a figure.</summary>
public enum FigureFormat
{
    /// <summary>Pixels.</summary>
    Png,

    /// <summary>Vectors whose text stays text.</summary>
    Svg,

    /// <summary>
    /// Vectors with their fonts, for LaTeX. Sizes are in points. SkiaSharp's Skia cannot cut fonts down to the letters used, so that each
    /// style adds a whole font, 90 KB for Liberation Sans.
    /// </summary>
    Pdf,
}

/// <summary>The formats by file extension.</summary>
public static class FigureFormats
{
    /// <summary>Returns the format that a file name's extension selects.</summary>
    /// <exception cref="InvalidInputException">The name has another extension, or none.</exception>
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

    /// <summary>The unit of a format's width and height: points of 1/72 inch, or pixels.</summary>
    public static string Unit(FigureFormat format) => format == FigureFormat.Pdf ? "points" : "pixels";
}
