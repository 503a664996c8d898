// CPU time of one test image on its way from a JPEG to what the image tower reads, and of its resampling by the plain path. Run: dotnet run
// -c Release --project bench/Pixels -- [IMAGES] [SIZE]. The images are drawn, 500 × 375 pixels; SIZE is the tower's, 224 pixels.
using System.Diagnostics;
using System.Globalization;
using AdaptCluster.Reference;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using SkiaSharp;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var images = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200;
var size = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 224;
var preprocessor = new ClipPreprocessor(size);
var values = new float[3 * size * size];
var path = Path.GetTempFileName();
try
{
    File.WriteAllBytes(path, Photo(500, 375));
    Console.WriteLine($"{images} images of 500 × 375 pixels to {size} × {size}, ms of CPU an image, best of five rounds:");
    RgbImage decoded = ImageFile.Decode(path);
    Report("decoded", () => decoded = ImageFile.Decode(path));
    Report("prepared", () => preprocessor.Prepare(decoded, values));
    Report("prepared for training", () => preprocessor.PrepareAugmented(decoded, 1, 1, 0, values));
    var (width, height) = ((long)size * decoded.Width / decoded.Height, (long)size);
    Report("resized by the plain path", () => PlainResampling.Resize(decoded, width, height, ((int)(width - size) / 2, 0, size, size)));
}
finally
{
    File.Delete(path);
}

void Report(string what, Action work)
{
    var best = TimeSpan.MaxValue;
    for (var round = 0; round < 5; round++)
    {
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        for (var i = 0; i < images; i++) work();
        var spent = Process.GetCurrentProcess().TotalProcessorTime - before;
        if (spent < best) best = spent;
    }
    Console.WriteLine($"{what}: {best.TotalMilliseconds / images:F2}");
}

// Smooth light with grain, which compresses as photos do.
static byte[] Photo(int width, int height)
{
    using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
    var grain = new Random(1);
    for (var y = 0; y < height; y++)
    {
        for (var x = 0; x < width; x++)
        {
            var light = 128 + 90 * Math.Sin(x / 31.0) * Math.Cos(y / 23.0) + grain.Next(-12, 13);
            bitmap.SetPixel(x, y, new SKColor((byte)light, (byte)(light * 0.8), (byte)(light * 0.6)));
        }
    }
    using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
    return jpeg.ToArray();
}
