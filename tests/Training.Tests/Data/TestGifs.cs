namespace AdaptCluster.Training.Tests.Data;

/// <summary>GIFs of one frame.</summary>
internal static class TestGifs
{
    /// <summary>The colours of four entries: red, green, blue and orange.</summary>
    public static byte[] Palette { get; } = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 128, 7];

    /// <summary>Encodes a frame.</summary>
    /// <param name="width">Width of the frame.</param>
    /// <param name="indices">The entries of the palette of its pixels.</param>
    /// <param name="transparent">The entry that is transparent; null for none.</param>
    /// <param name="screen">Width and height of the picture where the frame covers only a part of it.</param>
    public static byte[] Of(int width, byte[] indices, byte? transparent = null, (int Width, int Height)? screen = null)
    {
        var height = indices.Length / width;
        var (screenWidth, screenHeight) = screen ?? (width, height);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("GIF89a"u8);
        writer.Write((short)screenWidth);
        writer.Write((short)screenHeight);
        writer.Write((byte[])[0x81, 0, 0, .. Palette]);
        writer.Write((byte[])[0x21, 0xFE, 5, .. "hello"u8, 0]);
        if (transparent is { } index) writer.Write((byte[])[0x21, 0xF9, 4, 1, 0, 0, index, 0]);
        writer.Write((byte[])[0x2C, 0, 0, 0, 0]);
        writer.Write((short)width);
        writer.Write((short)height);
        writer.Write((byte[])[0, 2]);
        foreach (var block in Packed(indices).Chunk(255))
        {
            writer.Write((byte)block.Length);
            writer.Write(block);
        }
        writer.Write((byte[])[0, 0x3B]);
        return stream.ToArray();
    }

    /// <summary>Codes of three bits; the table is cleared before every second pixel, so that they never get longer.</summary>
    private static byte[] Packed(byte[] indices)
    {
        int[] codes = [.. indices.Index().SelectMany(pixel => pixel.Index % 2 == 0 ? (int[])[4, pixel.Item] : [pixel.Item]), 5];
        var bytes = new byte[((codes.Length * 3) + 7) / 8];
        for (var bit = 0; bit < codes.Length * 3; bit++) bytes[bit / 8] |= (byte)(((codes[bit / 3] >> (bit % 3)) & 1) << (bit % 8));
        return bytes;
    }
}
