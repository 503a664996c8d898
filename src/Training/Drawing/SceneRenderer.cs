using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Drawing;

/// <summary>Renders scenes with signed distance functions for smooth edges, then applies blur, channel mixing, contrast and
/// noise.</summary>
internal static class SceneRenderer
{
    /// <summary>The width and height of every drawn image in pixels.</summary>
    public const int Size = 32;

    /// <summary>Renders a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="random">The random generator for the noise.</param>
    public static RgbImage Render(Scene scene, ref CounterRandom random)
    {
        var canvas = new double[Size * Size * 3];
        Ground(canvas, scene);
        foreach (var item in scene.Objects) Draw(canvas, item);
        for (var pass = 0; pass < scene.Blur; pass++)
        {
            Blur(canvas, 3);
            Blur(canvas, Size * 3);
        }
        return Develop(canvas, scene, ref random);
    }

    private static void Ground(double[] canvas, Scene scene)
    {
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var light = scene.Shading.X * (x / (Size - 1.0) - 0.5) + scene.Shading.Y * (y / (Size - 1.0) - 0.5);
                var at = (y * Size + x) * 3;
                (canvas[at], canvas[at + 1], canvas[at + 2]) = (scene.Ground.R + light, scene.Ground.G + light, scene.Ground.B + light);
            }
        }
    }

    private static void Draw(double[] canvas, DrawnObject item)
    {
        var field = Shapes.Field(item.Shape);
        var (sin, cos) = Math.SinCos(item.Rotation);
        var second = item.Colour.Scale(item.SecondShade);
        // No shape extends beyond 1.5 radii, and an outline adds half its width.
        var reach = 1.5 * item.Radius + 2;
        var (top, bottom) = (Math.Max(0, (int)(item.Y - reach)), Math.Min(Size - 1, (int)(item.Y + reach) + 1));
        var (left, right) = (Math.Max(0, (int)(item.X - reach)), Math.Min(Size - 1, (int)(item.X + reach) + 1));
        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                var (dx, dy) = (x + 0.5 - item.X, y + 0.5 - item.Y);
                var distance = item.Radius * field((cos * dx + sin * dy) / item.Radius * item.Squeeze, (cos * dy - sin * dx) / item.Radius);
                if (item.Fill == Fill.Outlined) distance = Math.Abs(distance) - item.LineWidth / 2;
                var cover = Math.Clamp(0.5 - distance, 0, 1);
                if (cover == 0) continue;
                var colour = IsSecond(item, dx, dy) ? second : item.Colour;
                var at = (y * Size + x) * 3;
                canvas[at] += cover * (colour.R - canvas[at]);
                canvas[at + 1] += cover * (colour.G - canvas[at + 1]);
                canvas[at + 2] += cover * (colour.B - canvas[at + 2]);
            }
        }
    }

    /// <summary>
    /// Returns an approximately normal value: the standardised sum of four random bytes. The result is accurate enough for noise, and ten
    /// times faster to compute than an exact normal value.
    /// </summary>
    private static double NearlyNormal(uint bits) =>
        ((bits & 255) + ((bits >> 8) & 255) + ((bits >> 16) & 255) + (bits >> 24) - 510.0) / 147.8;

    private static bool IsSecond(DrawnObject item, double x, double y)
    {
        if (item.Fill is Fill.Plain or Fill.Outlined) return false;
        var (sin, cos) = Math.SinCos(item.PatternAngle);
        var u = (cos * x + sin * y) / item.PatternPeriod + item.PatternPhase;
        var v = (cos * y - sin * x) / item.PatternPeriod + item.PatternPhase;
        var (fu, fv) = (u - Math.Floor(u), v - Math.Floor(v));
        return item.Fill switch
        {
            Fill.Striped => fu < 0.5,
            Fill.Dotted => (fu - 0.5) * (fu - 0.5) + (fv - 0.5) * (fv - 0.5) < 0.1,
            Fill.Checkered => (fu < 0.5) != (fv < 0.5),
            Fill.Gridded => fu < 0.28 || fv < 0.28,
            _ => Fraction(u + 0.35 * Math.Sin(2 * Math.PI * v)) < 0.5,
        };
        static double Fraction(double value) => value - Math.Floor(value);
    }

    private static void Blur(double[] canvas, int stride)
    {
        var source = (double[])canvas.Clone();
        for (var i = 0; i < canvas.Length; i++)
        {
            var place = stride == 3 ? i / 3 % Size : i / (3 * Size);
            var before = place == 0 ? source[i] : source[i - stride];
            var after = place == Size - 1 ? source[i] : source[i + stride];
            canvas[i] = 0.25 * before + 0.5 * source[i] + 0.25 * after;
        }
    }

    private static RgbImage Develop(double[] canvas, Scene scene, ref CounterRandom random)
    {
        var pixels = new byte[canvas.Length];
        for (var i = 0; i < canvas.Length; i++)
        {
            var next = canvas[i % 3 == 2 ? i - 2 : i + 1];
            var value = (1 - scene.ChannelMix) * canvas[i] + scene.ChannelMix * next;
            value = scene.ContrastCentre + scene.Contrast * (value - scene.ContrastCentre);
            value += scene.Noise * NearlyNormal(random.NextUInt32());
            pixels[i] = (byte)Math.Clamp(Math.Round(255 * value), 0, 255);
        }
        return new RgbImage(Size, Size, pixels);
    }
}
