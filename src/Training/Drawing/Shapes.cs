namespace AdaptCluster.Training.Drawing;

/// <summary>
/// The shapes, keyed by name. Each shape is a signed distance function in units of the shape's radius. The y axis points down.
/// </summary>
internal static class Shapes
{
    /// <summary>The shapes in the pretraining images.</summary>
    public static readonly string[] Known =
        ["circle", "square", "triangle", "star", "cross", "ring", "diamond", "moon", "heart", "arrow", "hexagon", "bar"];

    /// <summary>The shapes that do not occur in the pretraining images.</summary>
    public static readonly string[] Unseen = ["pentagon", "halfcircle", "cup", "tee", "hourglass", "zed"];

    private static readonly Dictionary<string, Func<double, double, double>> Fields = new(StringComparer.Ordinal)
    {
        ["circle"] = (x, y) => Math.Sqrt(x * x + y * y) - 0.92,
        ["square"] = Polygon.Rectangle(0.8, 0.8).Distance,
        ["triangle"] = Polygon.Regular(3, 1.05).Distance,
        ["star"] = Polygon.Regular(10, 1.08, 0.45).Distance,
        ["cross"] = new Polygon(
            (-0.3, -1), (0.3, -1), (0.3, -0.3), (1, -0.3), (1, 0.3), (0.3, 0.3),
            (0.3, 1), (-0.3, 1), (-0.3, 0.3), (-1, 0.3), (-1, -0.3), (-0.3, -0.3)).Distance,
        ["ring"] = (x, y) => Math.Abs(Math.Sqrt(x * x + y * y) - 0.72) - 0.24,
        ["diamond"] = new Polygon((0, -1.1), (0.7, 0), (0, 1.1), (-0.7, 0)).Distance,
        ["moon"] = (x, y) => Math.Max(Math.Sqrt(x * x + y * y) - 1, 0.85 - Math.Sqrt((x - 0.5) * (x - 0.5) + y * y)),
        ["heart"] = Heart,
        ["arrow"] = new Polygon((1.05, 0), (0.15, -0.8), (0.15, -0.3), (-1, -0.3), (-1, 0.3), (0.15, 0.3), (0.15, 0.8)).Distance,
        ["hexagon"] = Polygon.Regular(6, 1).Distance,
        ["bar"] = Polygon.Rectangle(1.05, 0.34).Distance,
        ["pentagon"] = Polygon.Regular(5, 1).Distance,
        ["halfcircle"] = (x, y) => Math.Max(Math.Sqrt(x * x + (y - 0.4) * (y - 0.4)) - 1, y - 0.4),
        ["cup"] = new Polygon(
            (-0.9, -0.8), (-0.45, -0.8), (-0.45, 0.4), (0.45, 0.4), (0.45, -0.8), (0.9, -0.8), (0.9, 0.85), (-0.9, 0.85)).Distance,
        ["tee"] = new Polygon(
            (-0.95, -0.9), (0.95, -0.9), (0.95, -0.4), (0.26, -0.4), (0.26, 1), (-0.26, 1), (-0.26, -0.4), (-0.95, -0.4)).Distance,
        ["hourglass"] = new Polygon((-0.8, -1), (0.8, -1), (0.12, 0), (0.8, 1), (-0.8, 1), (-0.12, 0)).Distance,
        ["zed"] = new Polygon(
            (-0.85, -0.95), (0.85, -0.95), (0.85, -0.55), (-0.2, 0.5), (0.85, 0.5),
            (0.85, 0.95), (-0.85, 0.95), (-0.85, 0.55), (0.2, -0.5), (-0.85, -0.5)).Distance,
    };

    /// <summary>Returns the signed distance function of a shape.</summary>
    public static Func<double, double, double> Field(string name) => Fields[name];

    /// <summary>
    /// Computes the signed distance to a heart: two circular arcs over a square corner, as in I. Quilez, "2D distance functions".
    /// </summary>
    private static double Heart(double x, double y)
    {
        const double size = 1.8;
        var (px, py) = (Math.Abs(x) / size, 0.56 - y / size);
        if (px + py > 1) return size * (Math.Sqrt((px - 0.25) * (px - 0.25) + (py - 0.75) * (py - 0.75)) - Math.Sqrt(2) / 4);
        var corner = 0.5 * Math.Max(px + py, 0);
        var nearest = Math.Min(px * px + (py - 1) * (py - 1), (px - corner) * (px - corner) + (py - corner) * (py - corner));
        return size * Math.Sqrt(nearest) * Math.Sign(px - py);
    }
}
