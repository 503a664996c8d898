namespace AdaptCluster.Training.Images;

/// <summary>The number that the image tower reads for each byte of each channel.</summary>
public sealed class PixelValues
{
    /// <summary>Values of a byte.</summary>
    public const int OfByte = 256;

    private const int Channels = 3;

    private readonly float[] _values;

    /// <summary>Computes all values once.</summary>
    /// <param name="value">The value of a byte in a channel.</param>
    public PixelValues(Func<int, byte, float> value) =>
        _values = [.. Enumerable.Range(0, Channels * OfByte).Select(i => value(i / OfByte, (byte)(i % OfByte)))];

    /// <summary>The values, channel after channel.</summary>
    public ReadOnlySpan<float> All => _values;

    /// <summary>Reads images.</summary>
    /// <param name="pixels">images × 3 × area bytes: image, channel, row, column.</param>
    /// <param name="destination">As many values.</param>
    /// <param name="images">How many they are.</param>
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
