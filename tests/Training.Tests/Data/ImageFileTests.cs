using System.Buffers.Binary;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data;

public sealed class ImageFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_png_gives_the_stored_pixels()
    {
        var image = TestImages.Pattern(13, 9);
        var decoded = ImageFile.Decode(_folder.Write("a.png", TestImages.Encode(image, SKEncodedImageFormat.Png)));
        Assert.Equal((13, 9), (decoded.Width, decoded.Height));
        Assert.Equal(image.Pixels, decoded.Pixels);
    }

    [Fact]
    public void A_bmp_gives_the_stored_pixels()
    {
        var image = TestImages.Pattern(13, 9);
        Assert.Equal(image.Pixels, ImageFile.Decode(_folder.Write("a.bmp", TestImages.Bitmap(image))).Pixels);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Lossy_formats_give_nearly_the_same_pixels(SKEncodedImageFormat format)
    {
        var pixels = new byte[32 * 24 * 3];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i / 3 % 32 * 4 + i / 96 * 3);
        var decoded = ImageFile.Decode(_folder.Write("a.file", TestImages.Encode(new RgbImage(32, 24, pixels), format)));
        Assert.True(pixels.Zip(decoded.Pixels).Average(pair => Math.Abs(pair.First - pair.Second)) < 3);
    }

    [Theory]
    [InlineData(128)]
    [InlineData(1)]
    [InlineData(0)]
    public void Alpha_is_dropped_and_colours_under_it_stay(byte alpha)
    {
        var image = TestImages.Pattern(5, 4);
        var decoded = ImageFile.Decode(_folder.Write("a.png", TestImages.Encode(image, SKEncodedImageFormat.Png, alpha)));
        Assert.Equal(image.Pixels, decoded.Pixels);
    }

    [Fact]
    public void The_orientation_of_exif_is_not_applied()
    {
        var jpeg = TestImages.Encode(TestImages.Pattern(16, 8), SKEncodedImageFormat.Jpeg);
        // APP1 with one TIFF entry, 0x0112 (orientation) = 6, turned by 90 degrees; right after the start-of-image mark.
        ReadOnlySpan<byte> exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
        ];
        var turned = ImageFile.Decode(_folder.Write("turned.jpg", (byte[])[.. jpeg[..2], .. exif, .. jpeg[2..]]));
        Assert.Equal((16, 8), (turned.Width, turned.Height));
        Assert.Equal(ImageFile.Decode(_folder.Write("plain.jpg", jpeg)).Pixels, turned.Pixels);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void A_file_that_is_cut_off_is_refused_by_name(SKEncodedImageFormat format)
    {
        var bytes = TestImages.Encode(TestImages.Pattern(64, 64), format);
        for (var length = 1; length < bytes.Length - 12; length += bytes.Length / 40 + 1)
        {
            var path = _folder.Write($"cut{length}.img", bytes.AsSpan(0, length));
            Assert.Contains(path, Assert.Throws<InvalidInputException>(() => ImageFile.Decode(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_png_with_damaged_data_is_refused()
    {
        var bytes = TestImages.Encode(TestImages.Pattern(64, 64), SKEncodedImageFormat.Png);
        bytes.AsSpan(bytes.Length / 2, 20).Fill(0x55);
        var path = _folder.Write("damaged.png", bytes);
        var message = Assert.Throws<InvalidInputException>(() => ImageFile.Decode(path)).Message;
        Assert.Contains("damaged.png is damaged", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no image at all, only some text that goes on for a while")]
    [InlineData("GIF89a\u0001\0\u0001\0")]
    [InlineData("II*\0\u0008\0\0\0")]
    public void Other_content_is_refused_in_one_line(string content)
    {
        var path = _folder.Write("a.jpg", content);
        var message = Assert.Throws<InvalidInputException>(() => ImageFile.Decode(path)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void The_look_at_a_header_takes_a_good_file_and_refuses_what_decoding_would_refuse_by_the_header(SKEncodedImageFormat format)
    {
        ImageFile.Check(_folder.Write("good.jpg", TestImages.Encode(TestImages.Pattern(64, 64), format)));
        string[] bad =
        [
            _folder.At("gone.jpg"), _folder.Write("empty.jpg", ""), _folder.Write("text.jpg", "no image at all, only some text"),
            _folder.Write("cut.jpg", TestImages.Encode(TestImages.Pattern(64, 64), format).AsSpan(0, 20)),
            _folder.Write("bomb.bmp", TestImages.Bitmap(TestImages.Pattern(4, 4), 60_000, 60_000)),
        ];
        foreach (var path in bad)
            Assert.Equal(
                Assert.Throws<InvalidInputException>(() => ImageFile.Decode(path)).Message,
                Assert.Throws<InvalidInputException>(() => ImageFile.Check(path)).Message);
    }

    [Fact]
    public void A_bitmap_whose_header_points_behind_its_end_is_refused_and_the_process_goes_on()
    {
        var bytes = TestImages.Bitmap(TestImages.Pattern(12, 10));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(10), 0xFFFFFF7F);
        var path = _folder.Write("offset.bmp", bytes);
        Assert.Contains("offset.bmp", Assert.Throws<InvalidInputException>(() => ImageFile.Decode(path)).Message, StringComparison.Ordinal);
        Assert.Contains("offset.bmp", Assert.Throws<InvalidInputException>(() => ImageFile.Check(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg, 7)]
    [InlineData(SKEncodedImageFormat.Jpeg, 0)]
    [InlineData(SKEncodedImageFormat.Png, 7)]
    public void What_cameras_and_programs_add_behind_an_image_is_no_damage(SKEncodedImageFormat format, byte added)
    {
        var image = TestImages.Encode(TestImages.Pattern(64, 64), format);
        var film = new byte[100_000];
        film.AsSpan().Fill(added);
        var path = _folder.Write("motion.img", (ReadOnlySpan<byte>)[.. image, .. film]);
        ImageFile.Check(path);
        Assert.Equal(ImageFile.Decode(_folder.Write("plain.img", image)).Pixels, ImageFile.Decode(path).Pixels);
    }

    [Fact]
    public void A_jpeg_that_was_cut_off_and_filled_up_with_zeros_is_refused()
    {
        var image = TestImages.Encode(TestImages.Pattern(64, 64), SKEncodedImageFormat.Jpeg);
        var path = _folder.Write("filled.jpg", (ReadOnlySpan<byte>)[.. image[..^200], .. new byte[5000]]);
        Assert.Contains("a JPEG that ends in zeros", Assert.Throws<InvalidInputException>(() => ImageFile.Check(path)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void The_look_at_a_file_finds_one_that_is_cut_off_behind_its_header(SKEncodedImageFormat format)
    {
        var bytes = TestImages.Encode(TestImages.Pattern(64, 64), format);
        var path = _folder.Write("cut.img", bytes.AsSpan(0, bytes.Length - 200));
        Assert.Contains("cut.img is damaged or truncated", Assert.Throws<InvalidInputException>(() => ImageFile.Check(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_page_of_a_tiff_gives_the_stored_pixels()
    {
        var image = TestImages.Pattern(13, 9);
        var path = _folder.Write("a.tif", TestImages.Tiff(image));
        ImageFile.Check(path);
        Assert.Equal(image.Pixels, ImageFile.Decode(path).Pixels);
    }

    [Fact]
    public void A_gif_gives_its_first_frame()
    {
        var path = _folder.Write("a.gif", TestImages.Gif);
        ImageFile.Check(path);
        Assert.Equal<byte>([255, 0, 0], ImageFile.Decode(path).Pixels);
    }

    [Fact]
    public void A_few_bytes_that_claim_a_huge_image_are_refused_before_they_take_memory()
    {
        var path = _folder.Write("bomb.bmp", TestImages.Bitmap(TestImages.Pattern(8, 8), claimedWidth: 13_000, claimedHeight: 13_000));
        foreach (var read in (Action[])[() => ImageFile.Check(path), () => ImageFile.Decode(path)])
            Assert.Contains("claims 13000 × 13000 pixels but has only", Assert.Throws<InvalidInputException>(read).Message,
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("heic")]
    [InlineData("avif")]
    public void A_photo_of_a_phone_under_another_name_is_told_how_to_be_converted(string brand)
    {
        var path = _folder.Write(
            "photo.jpg", (byte[])[0, 0, 0, 24, .. "ftyp"u8, .. System.Text.Encoding.ASCII.GetBytes(brand), .. new byte[12]]);
        foreach (var read in (Action[])[() => ImageFile.Check(path), () => ImageFile.Decode(path)])
            Assert.Contains(
                "is a HEIC or AVIF image, which is not supported; convert it to JPEG, for example with 'magick photo.jpg new.jpg'",
                Assert.Throws<InvalidInputException>(read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_file_is_called_what_it_is()
    {
        Directory.CreateDirectory(_folder.At("folder.jpg"));
        Assert.Contains("folder.jpg is a folder, not a file", Refused("folder.jpg"), StringComparison.Ordinal);
        File.CreateSymbolicLink(_folder.At("link.jpg"), _folder.At("gone.jpg"));
        Assert.Contains($"link.jpg is a broken link: {_folder.At("gone.jpg")} does not exist", Refused("link.jpg"),
            StringComparison.Ordinal);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes.");
        _folder.Pipe("pipe.jpg");
        Assert.Contains("pipe.jpg is a pipe, not a file", Refused("pipe.jpg"), StringComparison.Ordinal);
        File.CreateSymbolicLink(_folder.At("device.jpg"), "/dev/null");
        Assert.Contains("device.jpg is a device, not a file", Refused("device.jpg"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_refused_by_name()
    {
        var message = Assert.Throws<InvalidInputException>(() => ImageFile.Decode(_folder.At("gone.jpg"))).Message;
        Assert.Contains("gone.jpg does not exist", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(13_400, 13_400)]
    [InlineData(60_000, 60_000)]
    public void A_header_that_claims_too_many_pixels_is_refused_before_memory_is_taken(int width, int height)
    {
        var path = _folder.Write("bomb.bmp", TestImages.Bitmap(TestImages.Pattern(4, 4), width, height));
        var message = Assert.Throws<InvalidInputException>(() => ImageFile.Decode(path)).Message;
        Assert.Contains($"bomb.bmp has {width} × {height} pixels", message, StringComparison.Ordinal);
    }

    private string Refused(string name) => Assert.Throws<InvalidInputException>(() => ImageFile.Decode(_folder.At(name))).Message;
}
