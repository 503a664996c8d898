namespace AdaptCluster.Training.Images;

/// <summary>A lookup table that maps each byte of each channel to the value that the image tower reads.</summary>
public sealed class PixelValues
{
    /// <summary>The number of values that a byte can have.</summary>
    public const int OfByte = 256;

    private const int Channels = 3;

    private readonly float[] _values;

    /// <summary>Initializes the table.</summary>
    /// <param name="value">Returns the value for a byte in a channel.</param>
    public PixelValues(Func<int, byte, float> value) =>
        _values = [.. Enumerable.Range(0, Channels * OfByte).Select(i => value(i / OfByte, (byte)(i % OfByte)))];

    /// <summary>The whole table, channel by channel.</summary>
    public ReadOnlySpan<float> All => _values;

    /// <summary>Converts the bytes of images to values.</summary>
    /// <param name="pixels">images × 3 × area bytes in the order image, channel, row, column.</param>
    /// <param name="destination">Receives one value for each byte.</param>
    /// <param name="images">The number of images.</param>
    public void Read(ReadOnlySpan<byte> pixels, Span<float> destination, int images = 1)
    {
        var area = pixels.Length / images / Channels;
        for (var plane = 0; plane < images * Channels; plane++)
        {
            var values = _values.AsSpan(plane % Channels * OfByte, OfByte);
            var from = pixels.Slice(plane * area, area);
            var to = destination.Slice(plane * area, area);
            for (var i = 0; i < from.Length; i++) to[i] = values[from[i]];
        }
    }
}
