





namespace AdaptCluster.Training.Data;

/// <summary>
/// Makes the first frame of a GIF opaque, so that it decodes to the same pixels as with PIL after dropping alpha. Transparent pixels keep
/// their palette colour. Pixels outside the frame get the palette colour of the transparent index or, if there is none, of index 0. The
/// format is GIF89a (CompuServe, 1990).
/// </summary>
internal static class GifFrame
{
    private const int HeaderBytes = 13, DescriptorBytes = 10;
    private const byte Extension = 0x21, GraphicControl = 0xF9, Descriptor = 0x2C, HasPalette = 0x80, HasTransparency = 1;

    /// <summary>Whether the bytes begin with a GIF signature.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes) => bytes.StartsWith("GIF8"u8);

    /// <summary>Removes transparency from the first frame.</summary>
    /// <param name="file">The file's bytes, which are changed in place.</param>
    /// <returns>The colour of pixels that the frame does not cover; black if the file is damaged.</returns>
    public static (byte Red, byte Green, byte Blue) MakeOpaque(Span<byte> file)
    {
        if (file.Length < HeaderBytes) return default;
        var palette = Palette(file, HeaderBytes, file[10]);
        var (at, index) = (HeaderBytes + palette.Length, 0);
        while (at + DescriptorBytes <= file.Length && file[at] == Extension)
        {
            if (file[at + 1] == GraphicControl && (file[at + 3] & HasTransparency) != 0)
            {
                index = file[at + 6];
                file[at + 3] &= unchecked((byte)~HasTransparency);
            }
            at += 2;
            while (at < file.Length && file[at] != 0) at += 1 + file[at];
            at++;
        }
        if (at + DescriptorBytes > file.Length || file[at] != Descriptor) return default;
        if (Palette(file, at + DescriptorBytes, file[at + 9]) is { Length: > 0 } own) palette = own;
        return 3 * index + 3 <= palette.Length ? (palette[3 * index], palette[3 * index + 1], palette[3 * index + 2]) : default;
    }

    private static ReadOnlySpan<byte> Palette(ReadOnlySpan<byte> file, int at, byte flags) =>
        (flags & HasPalette) == 0 ? [] : file[at..Math.Min(file.Length, at + (3 << ((flags & 7) + 1)))];
}
