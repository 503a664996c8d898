namespace AdaptCluster.Training.Drawing;

/// <summary>What fills an object.</summary>
internal enum Fill
{
    Plain,
    Striped,
    Dotted,
    Checkered,
    Gridded,
    Wavy,

    /// <summary>Nothing: only the outline is drawn.</summary>
    Outlined,
}

/// <summary>One object of a picture. Lengths in pixels, angles in radians.</summary>
internal sealed record DrawnObject
{
    public required string Shape { get; init; }
    public required double X { get; init; }
    public required double Y { get; init; }
    public required double Radius { get; init; }
    public double Rotation { get; init; }

    /// <summary>How much narrower it is along its own x axis.</summary>
    public double Squeeze { get; init; } = 1;

    public required Colour Colour { get; init; }
    public Fill Fill { get; init; }

    /// <summary>The factor from the colour to the second colour of a pattern.</summary>
    public double SecondShade { get; init; } = 0.45;

    public double PatternPeriod { get; init; } = 6;
    public double PatternAngle { get; init; }
    public double PatternPhase { get; init; }

    /// <summary>Width of the line of an outlined object.</summary>
    public double LineWidth { get; init; } = 1.8;
}

/// <summary>A picture before it becomes pixels.</summary>
internal sealed record Scene
{
    public required Colour Ground { get; init; }

    /// <summary>Brightness that the ground gains from the left edge to the right one, and from the top to the bottom.</summary>
    public (double X, double Y) Shading { get; init; }

    public required IReadOnlyList<DrawnObject> Objects { get; init; }

    /// <summary>Standard deviation of the noise of each channel.</summary>
    public double Noise { get; init; } = 0.03;

    /// <summary>Passes of a 1-2-1 blur in both directions.</summary>
    public int Blur { get; init; }

    /// <summary>Contrast around middle gray; 1 leaves it.</summary>
    public double Contrast { get; init; } = 1;

    /// <summary>Share of each channel that the next one gives (red from green, green from blue, blue from red).</summary>
    public double ChannelMix { get; init; }
}
