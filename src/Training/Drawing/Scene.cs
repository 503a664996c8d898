namespace AdaptCluster.Training.Drawing;

/// <summary>The fill pattern of an object.</summary>
internal enum Fill
{
    Plain,
    Striped,
    Dotted,
    Checkered,
    Gridded,
    Wavy,

    /// <summary>No fill: only the outline is drawn.</summary>
    Outlined,
}

/// <summary>An object in a scene. Lengths are in pixels, angles in radians.</summary>
internal sealed record DrawnObject
{
    public required string Shape { get; init; }
    public required double X { get; init; }
    public required double Y { get; init; }
    public required double Radius { get; init; }
    public double Rotation { get; init; }

    /// <summary>The factor by which the object is narrowed along its own x axis.</summary>
    public double Squeeze { get; init; } = 1;

    public required Colour Colour { get; init; }
    public Fill Fill { get; init; }

    /// <summary>The factor by which the object's colour is scaled to get the second colour of a pattern.</summary>
    public double SecondShade { get; init; } = 0.45;

    public double PatternPeriod { get; init; } = 6;
    public double PatternAngle { get; init; }
    public double PatternPhase { get; init; }

    /// <summary>The line width of an outlined object.</summary>
    public double LineWidth { get; init; } = 1.8;
}

/// <summary>Describes an image to render.</summary>
internal sealed record Scene
{
    public required Colour Ground { get; init; }

    /// <summary>The increase in background brightness from the left edge to the right, and from the top to the bottom.</summary>
    public (double X, double Y) Shading { get; init; }

    public required IReadOnlyList<DrawnObject> Objects { get; init; }

    /// <summary>The standard deviation of the noise in each channel.</summary>
    public double Noise { get; init; } = 0.03;

    /// <summary>The number of passes of a 1-2-1 blur in both directions.</summary>
    public int Blur { get; init; }

    /// <summary>The contrast factor around <see cref="ContrastCentre"/>; 1 leaves the image unchanged.</summary>
    public double Contrast { get; init; } = 1;

    /// <summary>The brightness that the contrast factor leaves unchanged, such as the brightness of fog.</summary>
    public double ContrastCentre { get; init; } = 0.5;

    /// <summary>The share of each channel that comes from the next channel (red from green, green from blue, blue from red).</summary>
    public double ChannelMix { get; init; }
}
