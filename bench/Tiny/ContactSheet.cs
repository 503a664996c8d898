using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Images;
using SkiaSharp;

namespace AdaptCluster.Bench.Tiny;

/// <summary>A PNG with a test image of each class of a data set.</summary>
internal static class ContactSheet
{
    private const int Rows = 1, Gap = 2;

    public static void WriteSet(string set, string folder)
    {
        var split = DrawnDatasets.Find(set)!.Load(1, 1, null).Test;
        var classes = split.Labels.Max() + 1;
        Write(Path.Combine(folder, set + ".png"), classes, [.. Enumerable.Range(0, Rows * classes).Select(split.Load)]);
    }

    public static void WritePretraining(string folder)
    {
        const int columns = 12;
        var images = Enumerable.Range(0, Rows * columns).Select(i => CaptionedPictures.Draw(0, i).Image);
        Write(Path.Combine(folder, "pretraining.png"), columns, [.. images]);
    }

    private static void Write(string path, int columns, RgbImage[] images)
    {
        var step = images[0].Width + Gap;
        using var bitmap = new SKBitmap(columns * step + Gap, images.Length / columns * step + Gap);
        bitmap.Erase(SKColors.White);
        for (var i = 0; i < images.Length; i++)
        {
            for (var at = 0; at < images[i].Width * images[i].Height; at++)
            {
                var rgb = images[i].Pixels.AsSpan(3 * at, 3);
                var (x, y) = (i % columns * step + Gap + at % images[i].Width, i / columns * step + Gap + at / images[i].Width);
                bitmap.SetPixel(x, y, new SKColor(rgb[0], rgb[1], rgb[2]));
            }
        }
        using var file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
    }
}
