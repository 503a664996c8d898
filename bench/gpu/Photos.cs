using SkiaSharp;

namespace AdaptCluster.Bench;

/// <summary>Smooth pictures of random colours, which JPEG codes about as densely as photos, in folders as a data set has them.</summary>
internal static class Photos
{
    /// <summary>The size of most photos of the public data sets.</summary>
    internal const int Width = 500, Height = 375;

    /// <summary>Writes train, val and test with a folder for each class.</summary>
    /// <param name="folder">The data set's folder.</param>
    /// <param name="classes">How many classes.</param>
    /// <param name="counts">Images of each class in the three splits.</param>
    internal static void Write(string folder, int classes, (int Train, int Validation, int Test) counts)
    {
        Parallel.For(0, classes, label =>
        {
            var random = new Random(1 + label);
            foreach (var (split, count) in ((string, int)[])[("train", counts.Train), ("val", counts.Validation), ("test", counts.Test)])
            {
                var place = Directory.CreateDirectory(Path.Combine(folder, split, $"thing {(char)('a' + label)}")).FullName;
                for (var i = 0; i < count; i++) File.WriteAllBytes(Path.Combine(place, $"{i:0000}.jpg"), Jpeg(random));
            }
        });
    }

    private static byte[] Jpeg(Random random)
    {
        using var coarse = new SKBitmap(Width / 10, Height / 10, SKColorType.Rgba8888, SKAlphaType.Opaque);
        random.NextBytes(coarse.GetPixelSpan());
        using var photo = coarse.Resize(new SKImageInfo(Width, Height), new SKSamplingOptions(SKCubicResampler.Mitchell));
        using var jpeg = photo.Encode(SKEncodedImageFormat.Jpeg, quality: 90);
        return jpeg.ToArray();
    }
}
