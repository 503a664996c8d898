using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using BitMiracle.LibTiff.Classic;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>What PIL's <c>convert("RGB")</c> makes of transparent pixels: it drops their alpha and shows the colours below it.</summary>
public sealed class TransparencyTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ExtraSample.UNASSALPHA, 8, false)]
    [InlineData(ExtraSample.UNASSALPHA, 8, true)]
    [InlineData(ExtraSample.UNASSALPHA, 16, false)]
    [InlineData(ExtraSample.UNASSALPHA, 16, true)]
    [InlineData(ExtraSample.UNSPECIFIED, 8, false)]
    public void Alpha_of_a_tiff_is_dropped_and_colours_under_it_stay(ExtraSample kind, int bits, bool planes)
    {
        var image = TestImages.Pattern(13, 9);
        var tiff = TestTiffs.Of(image, alpha: i => (byte)(i * 7), kind, bits: bits, planes: planes);
        Assert.Equal(image.Pixels, ImageFile.Decode(_folder.Write("a.tif", tiff)).Pixels);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Colours_that_alpha_was_multiplied_into_are_divided_by_it_as_PIL_does(int bits)
    {
        var image = new RgbImage(3, 2, [100, 50, 0, 100, 50, 0, 9, 9, 9, 255, 128, 1, 1, 2, 3, 40, 41, 42]);
        byte[] alpha = [255, 128, 0, 255, 3, 41];
        var tiff = TestTiffs.Of(image, i => alpha[i], ExtraSample.ASSOCALPHA, bits: bits);
        // PIL's unpremultiplication: 255 c / a without its fraction, at most 255, and black where alpha is 0.
        Assert.Equal<byte>(
            [100, 50, 0, 199, 99, 0, 0, 0, 0, 255, 128, 1, 85, 170, 255, 248, 255, 255],
            ImageFile.Decode(_folder.Write("a.tif", tiff)).Pixels);
    }

    [Fact]
    public void Transparent_pixels_of_a_gif_have_the_colour_of_their_entry_in_the_palette()
    {
        byte[] indices = [0, 1, 2, 3, 3, 2, 1, 0, 3];
        var path = _folder.Write("a.gif", TestGifs.Of(3, indices, transparent: 3));
        ImageFile.Check(path);
        Assert.Equal(indices.SelectMany(index => TestGifs.Palette[(3 * index)..(3 * index + 3)]), ImageFile.Decode(path).Pixels);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData((byte)3, 3)]
    public void What_the_frame_of_a_gif_does_not_cover_has_the_colour_of_the_transparent_entry_or_of_the_first(byte? transparent, int entry)
    {
        var path = _folder.Write("a.gif", TestGifs.Of(2, [1, 2], transparent, screen: (3, 2)));
        ImageFile.Check(path);
        var outside = TestGifs.Palette[(3 * entry)..(3 * entry + 3)];
        Assert.Equal<byte>(
            [.. TestGifs.Palette[3..9], .. outside, .. outside, .. outside, .. outside], ImageFile.Decode(path).Pixels);
    }
}
