using System.Security.Cryptography;
using AdaptCluster.Reference;
using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Images;
using CsCheck;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>The expected pixels were made with Pillow 9.4 by torchvision's rules from <see cref="TestImages.Pattern"/>.</summary>
public class ClipPreprocessorTests
{
    [Fact]
    public void Shrinking_gives_PILs_pixels()
    {
        byte[] expected =
        [
            48, 96, 162, 108, 120, 152, 133, 158, 124, 140, 116, 117, 117, 121, 139, 151, 56, 120, 137, 109, 86, 142, 123, 72,
            105, 133, 171, 154, 121, 129, 154, 106, 118, 98, 130, 124, 139, 164, 134, 82, 147, 137, 138, 105, 125, 108, 77, 126,
        ];
        Assert.Equal(expected, new ClipPreprocessor(4).ResizeAndCrop(TestImages.Pattern(13, 9)).Pixels);
    }

    [Fact]
    public void Enlarging_gives_PILs_pixels()
    {
        byte[] expected =
        [
            2, 62, 123, 5, 66, 127, 13, 74, 135, 17, 78, 139, 6, 67, 128, 17, 78, 139, 37, 98, 159, 48, 109, 170,
            12, 73, 134, 29, 90, 151, 63, 124, 185, 80, 141, 202, 16, 78, 139, 40, 101, 162, 87, 148, 209, 111, 172, 233,
        ];
        Assert.Equal(expected, new ClipPreprocessor(4).ResizeAndCrop(TestImages.Pattern(2, 3)).Pixels);
    }

    [Theory]
    [InlineData(100, 61, 32, "8337E902B8C16A48")]
    [InlineData(61, 100, 224, "CDCAECAFFEC7EBCD")]
    [InlineData(32, 32, 32, "BBEBB1E5204093DB")]
    [InlineData(32, 45, 32, "71EC5A7D431F05F3")]
    [InlineData(37, 53, 16, "529C97F2D43D4B80")]
    [InlineData(640, 3, 5, "CA888B0E5FA4F4AF")]
    [InlineData(1, 400, 7, "3D6098FE77705F25")]
    public void All_shapes_give_PILs_pixels(int width, int height, int size, string sha256) =>
        Assert.Equal(sha256, Hash(new ClipPreprocessor(size).ResizeAndCrop(TestImages.Pattern(width, height))));

    [Fact]
    public void Images_of_any_size_are_resized_to_what_the_plain_path_gives() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90], Gen.Int[1, 70], Gen.Int[1, 70], Gen.Int[0, 1000]).Sample(
            (width, height, toWidth, toHeight, seed) =>
        {
            var bytes = new byte[width * height * 3];
            new Random(seed).NextBytes(bytes);
            var image = new RgbImage(width, height, bytes);
            // Extremes, where sums leave the range of a byte.
            if (seed % 3 == 0) for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(bytes[i] < 128 ? 0 : 255);
            var kept = (Left: seed % toWidth, Top: seed % toHeight, Width: toWidth - seed % toWidth, Height: toHeight - seed % toHeight);
            Assert.Equal(
                PlainResampling.Resize(image, toWidth, toHeight, kept).Pixels,
                Resampling.Resize(image, new PixelBox(0, 0, width, height), toWidth, toHeight,
                    new PixelBox(kept.Left, kept.Top, kept.Width, kept.Height)).Pixels);
        }, iter: 300, threads: 1);

    [Fact]
    public void A_crop_is_cut_before_it_is_resized_as_in_torchvision()
    {
        var resized = Resampling.Resize(TestImages.Pattern(50, 40), new PixelBox(7, 5, 20, 31), 24, 24, new PixelBox(0, 0, 24, 24));
        Assert.Equal("122388A1D16113F9", Hash(resized));
    }

    [Fact]
    public void An_image_of_the_right_size_is_only_normalised_channel_by_channel()
    {
        var image = TestImages.Pattern(8, 8);
        var values = new float[3 * 64];
        new ClipPreprocessor(8).Prepare(image, values);
        Assert.Equal((image.Pixels[0] / 255f - 0.48145466f) / 0.26862954f, values[0]);
        Assert.Equal((image.Pixels[(3 * 8 + 5) * 3 + 1] / 255f - 0.4578275f) / 0.26130258f, values[64 + 3 * 8 + 5]);
        Assert.Equal((image.Pixels[63 * 3 + 2] / 255f - 0.40821073f) / 0.27577711f, values[3 * 64 - 1]);
    }

    [Fact]
    public void A_line_of_pixels_takes_no_more_memory_than_a_square()
    {
        var values = new float[3 * 224 * 224];
        new ClipPreprocessor(224).Prepare(TestImages.Pattern(1, 3_000_000), values);
        new ClipPreprocessor(224).PrepareAugmented(TestImages.Pattern(3_000_000, 1), seed: 1, epoch: 1, index: 0, values);
        Assert.All(values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_destination_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => new ClipPreprocessor(8).Prepare(TestImages.Pattern(8, 8), new float[3 * 64 - 1]));

    [Fact]
    public void Augmentation_depends_on_seed_epoch_and_index_and_on_nothing_else()
    {
        Assert.Equal(Augmented(1, 1, 0), Augmented(1, 1, 0));
        Assert.NotEqual(Augmented(1, 1, 0), Augmented(2, 1, 0));
        Assert.NotEqual(Augmented(1, 1, 0), Augmented(1, 2, 0));
        Assert.NotEqual(Augmented(1, 1, 0), Augmented(1, 1, 1));
    }

    [Fact]
    public void Half_of_the_augmented_images_are_mirrored()
    {
        // Brighter to the right, whatever the crop, unless mirrored.
        var ramp = new RgbImage(64, 64, [.. Enumerable.Range(0, 64 * 64 * 3).Select(i => (byte)(i / 3 % 64 * 4))]);
        var values = new float[3 * 8 * 8];
        var mirrored = 0;
        for (var index = 0; index < 1000; index++)
        {
            new ClipPreprocessor(8).PrepareAugmented(ramp, seed: 1, epoch: 1, index, values);
            if (values[0] > values[7]) mirrored++;
        }
        Assert.InRange(mirrored, 440, 560);
    }

    [Fact]
    public void Every_random_crop_lies_inside_the_image() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 500], Gen.Int).Sample((width, height, seed) =>
        {
            var random = new CounterRandom(RandomPurpose.Augmentation, seed);
            var box = RandomCrop.Choose(width, height, ref random);
            return box.Left >= 0 && box.Top >= 0 && box.Width >= 1 && box.Height >= 1
                && box.Left + box.Width <= width && box.Top + box.Height <= height;
        });

    [Fact]
    public void Random_crops_cover_the_areas_and_aspect_ratios_of_torchvision()
    {
        var boxes = Enumerable.Range(0, 5000).Select(index =>
        {
            var random = new CounterRandom(RandomPurpose.Augmentation, 1, 1, index);
            return RandomCrop.Choose(1000, 1000, ref random);
        }).ToArray();
        var areas = boxes.Select(box => box.Width * (double)box.Height / 1e6).ToArray();
        var ratios = boxes.Select(box => Math.Log(box.Width / (double)box.Height)).ToArray();
        Assert.InRange(areas.Min(), 0.078, 0.09);
        // Below 0.54 the only rejections are those of boxes wider or higher than the image, and these begin at an area of 3/4.
        Assert.InRange(areas.Average(), 0.47, 0.54);
        Assert.All(ratios, ratio => Assert.InRange(ratio, Math.Log(3.0 / 4) - 0.01, Math.Log(4.0 / 3) + 0.01));
        Assert.InRange(ratios.Average(), -0.01, 0.01);
    }

    private static float[] Augmented(int seed, int epoch, int index)
    {
        var values = new float[3 * 16 * 16];
        new ClipPreprocessor(16).PrepareAugmented(TestImages.Pattern(40, 30), seed, epoch, index, values);
        return values;
    }

    private static string Hash(RgbImage image) => Convert.ToHexString(SHA256.HashData(image.Pixels))[..16];
}
