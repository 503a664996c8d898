namespace AdaptCluster.Training.Images;

/// <summary>
/// The weights for PIL's antialiased bicubic resampling along one axis (Pillow, Resample.c: precompute_coeffs and normalize_coeffs_8bpc).
/// The kernel uses a = -0.5 and is widened for downscaling. The weights have 22 fractional bits.
/// </summary>
internal sealed class BicubicFilter
{
    /// <summary>The number of fractional bits in a weight.</summary>
    public const int PrecisionBits = 32 - 8 - 2;

    private const double Support = 2;

    private BicubicFilter(int[] starts, int[][] weights) => (Starts, Weights) = (starts, weights);

    /// <summary>The first source pixel for each output pixel.</summary>
    public int[] Starts { get; }

    /// <summary>The fixed-point weights for each output pixel.</summary>
    public int[][] Weights { get; }

    /// <summary>
    /// Computes the weights for the output pixels [first, first + count) along an axis that is resized from source to target pixels.
    /// </summary>
    public static BicubicFilter Create(int source, long target, long first, int count)
    {
        var scale = (double)source / target;
        var stretch = Math.Max(scale, 1);
        var support = Support * stretch;
        var starts = new int[count];
        var weights = new int[count][];
        for (var i = 0; i < count; i++)
        {
            var center = (first + i + 0.5) * scale;
            var start = (int)Math.Max(center - support + 0.5, 0);
            var end = (int)Math.Min(center + support + 0.5, source);
            starts[i] = start;
            weights[i] = ToFixedPoint(start, end - start, center, 1 / stretch);
        }
        return new BicubicFilter(starts, weights);
    }

    private static int[] ToFixedPoint(int start, int length, double center, double shrink)
    {
        var exact = new double[length];
        var sum = 0.0;
        for (var i = 0; i < length; i++)
        {
            exact[i] = Kernel((i + start - center + 0.5) * shrink);
            sum += exact[i];
        }
        var weights = new int[length];
        for (var i = 0; i < length; i++)
        {
            var scaled = (sum != 0 ? exact[i] / sum : exact[i]) * (1 << PrecisionBits);
            weights[i] = (int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        }
        return weights;
    }

    private static double Kernel(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}
