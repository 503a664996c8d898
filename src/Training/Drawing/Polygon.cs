namespace AdaptCluster.Training.Drawing;

/// <summary>A closed polygon with a radius of about 1 and a signed distance function.</summary>
internal sealed class Polygon
{
    private readonly (double X, double Y)[] _corners;

    public Polygon(params (double X, double Y)[] corners) => _corners = corners;

    /// <summary>
    /// Creates a polygon whose corners are evenly spaced in angle, starting at the top. The corners use the radii in turn; two different
    /// radii make a star.
    /// </summary>
    public static Polygon Regular(int corners, params double[] radii) => new([.. Enumerable.Range(0, corners).Select(i =>
    {
        var angle = 2 * Math.PI * i / corners;
        var radius = radii[i % radii.Length];
        return (radius * Math.Sin(angle), -radius * Math.Cos(angle));
    })]);

    /// <summary>Creates a rectangle centred on the origin.</summary>
    public static Polygon Rectangle(double halfWidth, double halfHeight) =>
        new((-halfWidth, -halfHeight), (halfWidth, -halfHeight), (halfWidth, halfHeight), (-halfWidth, halfHeight));

    /// <summary>Returns the signed distance to the outline, which is negative inside (even-odd rule).</summary>
    public double Distance(double x, double y)
    {
        var nearest = double.MaxValue;
        var inside = false;
        var (px, py) = _corners[^1];
        foreach (var (qx, qy) in _corners)
        {
            var (ex, ey) = (px - qx, py - qy);
            var (wx, wy) = (x - qx, y - qy);
            var along = Math.Clamp((wx * ex + wy * ey) / (ex * ex + ey * ey), 0, 1);
            var (dx, dy) = (wx - ex * along, wy - ey * along);
            nearest = Math.Min(nearest, dx * dx + dy * dy);
            if ((qy > y) != (py > y) && x < ex * (y - qy) / ey + qx) inside = !inside;
            (px, py) = (qx, qy);
        }
        return inside ? -Math.Sqrt(nearest) : Math.Sqrt(nearest);
    }
}
