using AdaptCluster.Contracts;
using AdaptCluster.Training.Images;
using BitMiracle.LibTiff.Classic;

namespace AdaptCluster.Training.Data;

/// <summary>Decodes the first page of a TIFF with LibTiff.NET, which is managed code.</summary>
internal static class TiffImage
{
    /// <summary>The maximum number of pixels per byte of a file. Deflate compresses by a factor of at most about 1000.</summary>
    private const int MaxPixelsOfByte = 1000;

    /// <summary>The maximum number of bytes per pixel: four channels of 16 bits.</summary>
    private const int MaxBytesOfPixel = 8;

    /// <summary>
    /// The number of bytes by which a strip or tile may exceed the size of the image. A tile can be larger than a small image.
    /// </summary>
    private const int SmallPart = 1 << 20;

    private const int Opaque = 255, MaxChannels = 4;

    static TiffImage() => Tiff.SetErrorHandler(new Silent());

    /// <summary>Whether the bytes begin with a TIFF signature, in either byte order.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes) => bytes is [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..];

    /// <summary>
    /// Returns the size of the first page in pixels, and the number of bytes that the library allocates to read a strip or tile.
    /// </summary>
    /// <exception cref="InvalidInputException">The file is damaged; the message names it.</exception>
    public static ((int Width, int Height) Size, long Buffers) Measure(byte[] bytes, string path) =>
        Read(bytes, path, tiff => Measure(tiff, bytes.Length));

    /// <summary>
    /// Decodes the first page to the same pixels as PIL: alpha is dropped, and premultiplied colours are divided by alpha.
    /// </summary>
    /// <param name="bytes">The file's bytes; the image size has already been checked.</param>
    /// <param name="path">The path of the file, for error messages.</param>
    /// <exception cref="InvalidInputException">The file is damaged, or LibTiff does not support its kind; the message names it.</exception>
    public static RgbImage Decode(byte[] bytes, string path) => Read(bytes, path, tiff =>
    {
        var ((width, height), _) = Measure(tiff, bytes.Length);
        var isMultiplied = ReadColoursAsStored(tiff);
        var raster = new int[width * height];
        if (!tiff.ReadRGBAImageOriented(width, height, raster, Orientation.TOPLEFT, stopOnError: true))
            throw new FormatException("its pixels cannot be read");
        var pixels = new byte[raster.Length * 3];
        for (var i = 0; i < raster.Length; i++)
        {
            var alpha = isMultiplied ? Tiff.GetA(raster[i]) : Opaque;
            pixels[3 * i] = Divided(Tiff.GetR(raster[i]), alpha);
            pixels[3 * i + 1] = Divided(Tiff.GetG(raster[i]), alpha);
            pixels[3 * i + 2] = Divided(Tiff.GetB(raster[i]), alpha);
        }
        return new RgbImage(width, height, pixels);
    });

    private static byte Divided(int colour, int alpha) => alpha == 0 ? (byte)0 : (byte)Math.Min(Opaque, colour * Opaque / alpha);

    /// <summary>
    /// Declares alpha as premultiplied, so that the library keeps the colours as they are instead of blending them with black.
    /// </summary>
    /// <returns>Whether the file's colours are premultiplied.</returns>
    private static bool ReadColoursAsStored(Tiff tiff)
    {
        if (tiff.GetField(TiffTag.EXTRASAMPLES) is not [var count, var kinds]) return false;
        if (kinds.ToByteArray() is not { Length: > 0 } written) return false;
        var isMultiplied = written[0] == (byte)ExtraSample.ASSOCALPHA;
        if (written[0] == (byte)ExtraSample.UNASSALPHA)
            tiff.SetField(TiffTag.EXTRASAMPLES, count.ToInt(), (byte[])[(byte)ExtraSample.ASSOCALPHA, .. written[1..]]);
        return isMultiplied;
    }

    private static ((int Width, int Height) Size, long Buffers) Measure(Tiff tiff, int fileBytes)
    {
        if ((tiff.GetField(TiffTag.IMAGEWIDTH), tiff.GetField(TiffTag.IMAGELENGTH)) is not ([var columns, ..], [var rows, ..]))
            throw new FormatException("its size is missing");
        var (width, height) = (columns.ToInt(), rows.ToInt());
        var pixels = (long)width * height;
        if (width < 1 || height < 1 || pixels > MaxPixelsOfByte * (long)fileBytes)
            throw new FormatException($"{fileBytes} bytes are too few for {width} × {height} pixels");
        // The library allocates a buffer of one strip or tile, or one for each of four channels when channels are stored separately.
        var part = tiff.IsTiled() ? tiff.TileSize() : tiff.StripSize();
        return part >= 0 && part <= MaxBytesOfPixel * pixels + SmallPart ? ((width, height), MaxChannels * (long)part)
            : throw new FormatException($"a strip or tile of {part} bytes is too large for {width} × {height} pixels");
    }

    private static T Read<T>(byte[] bytes, string path, Func<Tiff, T> read)
    {
        try
        {
            TiffDirectory.Check(bytes);
            using var stream = new MemoryStream(bytes, writable: false);
            using var tiff = Tiff.ClientOpen(path, "r", stream, new TiffStream())
                ?? throw new FormatException("its directory cannot be read");
            return read(tiff);
        }
        // The library hardly validates a file's contents, so damaged files can cause any exception, such as an index out of range, a null
        // reference or a division by zero.
        catch (Exception error) when (error is not (InvalidInputException or OutOfMemoryException))
        {
            throw new InvalidInputException(
                $"{path} is damaged or an unsupported kind of TIFF ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')}); save it "
                + $"as PNG, or remove it.", error);
        }
    }

    /// <summary>Discards the errors and warnings that the library would write to the console.</summary>
    private sealed class Silent : TiffErrorHandler
    {
        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args) { }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args) { }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args) { }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args) { }
    }
}
