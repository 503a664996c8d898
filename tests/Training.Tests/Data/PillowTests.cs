using System.Security.Cryptography;
using System.Text;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>Decoded pixels against those of Pillow 9.4; PillowImages/make.py made the files.</summary>
public sealed class PillowTests
{
    private static readonly string Folder = Repository.At("tests/Training.Tests/Data/PillowImages");

    [Fact]
    public void Palettes_gray_CMYK_alpha_16_bits_JPEG_PNG_WebP_and_BMP_give_PILs_pixels_bit_for_bit()
    {
        var expected = File.ReadAllLines(Path.Combine(Folder, "expected.tsv")).Select(line => line.Split('\t')).ToArray();
        Assert.Equal(24, expected.Length);
        Assert.All(expected, line =>
            Assert.Equal(line[1], Convert.ToHexStringLower(SHA256.HashData(ImageFile.Decode(Path.Combine(Folder, line[0])).Pixels))));
    }

    /// <summary>PIL cuts gray values of 16 bits off at 255, so that most of the picture is white; nobody wants that.</summary>
    [Fact]
    public void Gray_of_16_bits_keeps_its_upper_bits_where_PIL_would_make_it_white()
    {
        var pixels = ImageFile.Decode(Path.Combine(Folder, "gray-16.png")).Pixels;
        // The pattern of make.py: two bytes a pixel, the upper one first.
        var upper = Enumerable.Range(0, 23 * 17).Select(i => (X: i % 23, Y: i / 23))
            .Select(at => (byte)((at.X * at.X * 7) + (at.Y * 13) + (at.X * at.Y % 5 * 40)));
        Assert.Equal(upper.SelectMany(value => Enumerable.Repeat(value, 3)), pixels);
    }

    [Fact]
    public void All_1113_photos_of_clothing_give_PILs_pixels_bit_for_bit()
    {
        var root = Environment.GetEnvironmentVariable("ADAPTCLUSTER_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(root) || !Directory.Exists(Path.Combine(root, "clothing")),
            "Set ADAPTCLUSTER_DATA to a folder that has clothing/ with its 1,113 JPEG files.");
        var clothing = Path.Combine(root!, "clothing");
        var files = Directory.GetFiles(clothing, "*.jpg", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(clothing, file))
            .Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(1113, files.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            var image = ImageFile.Decode(Path.Combine(clothing, file));
            hash.AppendData(
                Encoding.UTF8.GetBytes($"{file} {image.Width}x{image.Height} {Convert.ToHexStringLower(SHA256.HashData(image.Pixels))}\n"));
        }
        // The same text over Image.open(file).convert("RGB").tobytes() with Pillow 9.4.
        Assert.Equal("ce0e3a7da482d1cae57d8ce80a27e2fc6bf5dd6f9017b9216b858bac09ed2d46", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
