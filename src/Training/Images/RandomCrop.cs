using AdaptCluster.Sweeps.Random;

namespace AdaptCluster.Training.Images;

/// <summary>
/// Samples crop boxes as torchvision's RandomResizedCrop does. The share of the area is uniform in [0.08, 1] and the aspect ratio is
/// log-uniform in [3/4, 4/3]. After ten failed attempts, the result is the largest centred box with a permitted aspect ratio. The
/// distribution is the same as in torchvision, but the random numbers are different.
/// </summary>
internal static class RandomCrop
{
    private const double MinArea = 0.08;
    private const double MinRatio = 3.0 / 4;
    private const double MaxRatio = 4.0 / 3;
    private const int Tries = 10;

    /// <summary>Samples a box inside an image.</summary>
    public static PixelBox Choose(int width, int height, ref CounterRandom random)
    {
        for (var i = 0; i < Tries; i++)
        {
            var area = (double)width * height * random.NextUniform(MinArea, 1);
            var ratio = Math.Exp(random.NextUniform(Math.Log(MinRatio), Math.Log(MaxRatio)));
            var (w, h) = ((int)Math.Round(Math.Sqrt(area * ratio)), (int)Math.Round(Math.Sqrt(area / ratio)));
            if (w < 1 || h < 1 || w > width || h > height) continue;
            return new PixelBox(random.NextInt(width - w + 1), random.NextInt(height - h + 1), w, h);
        }
        return Centred(width, height);
    }

    private static PixelBox Centred(int width, int height)
    {
        var ratio = (double)width / height;
        var w = ratio > MaxRatio ? (int)Math.Round(height * MaxRatio) : width;
        var h = ratio < MinRatio ? (int)Math.Round(width / MinRatio) : height;
        return new PixelBox((width - w) / 2, (height - h) / 2, w, h);
    }
}
