using AdaptCluster.Training.Images;
using BitMiracle.LibTiff.Classic;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>TIFFs as other programs write them: with alpha, compressed, in strips, tiles or planes.</summary>
internal static class TestTiffs
{
    /// <summary>Encodes an image.</summary>
    /// <param name="image">The colours as they are stored.</param>
    /// <param name="alpha">The alpha of each pixel by its position; null for none.</param>
    /// <param name="kind">What the directory says of alpha.</param>
    /// <param name="compression">How strips are packed.</param>
    /// <param name="bits">8, or 16, whose lower bytes are 0xFF.</param>
    /// <param name="planes">Whether each channel lies by itself.</param>
    public static byte[] Of(
        RgbImage image, Func<int, byte>? alpha = null, ExtraSample kind = ExtraSample.UNASSALPHA,
        Compression compression = Compression.NONE,
        int bits = 8, bool planes = false)
    {
        var channels = alpha is null ? 3 : 4;
        using var stream = new MemoryStream();
        using (var tiff = Tiff.ClientOpen("test", "w", stream, new Kept()))
        {
            tiff.SetField(TiffTag.IMAGEWIDTH, image.Width);
            tiff.SetField(TiffTag.IMAGELENGTH, image.Height);
            tiff.SetField(TiffTag.BITSPERSAMPLE, bits);
            tiff.SetField(TiffTag.SAMPLESPERPIXEL, channels);
            tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.RGB);
            tiff.SetField(TiffTag.COMPRESSION, compression);
            tiff.SetField(TiffTag.ROWSPERSTRIP, 4);
            tiff.SetField(TiffTag.PLANARCONFIG, planes ? PlanarConfig.SEPARATE : PlanarConfig.CONTIG);
            if (alpha is not null) tiff.SetField(TiffTag.EXTRASAMPLES, 1, (byte[])[(byte)kind]);
            for (short plane = 0; plane < (planes ? channels : 1); plane++)
            {
                for (var y = 0; y < image.Height; y++)
                {
                    var row = Enumerable.Range(y * image.Width, image.Width)
                        .SelectMany(i => planes ? [Channel(i, plane)] : Enumerable.Range(0, channels).Select(c => Channel(i, c)));
                    tiff.WriteScanline([.. row.SelectMany(value => bits == 8 ? (byte[])[value] : [0xFF, value])], y, plane);
                }
            }
        }
        return stream.ToArray();

        byte Channel(int i, int c) => c == 3 ? alpha!(i) : image.Pixels[3 * i + c];
    }

    /// <summary>The library would close the stream, and read what it has written before it asks for it.</summary>
    private sealed class Kept : TiffStream
    {
        public override void Close(object clientData) { }
    }
}
