using System.Buffers.Binary;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Checks the directory of a TIFF's first page before LibTiff.NET reads it, because the library allocates memory based on the sizes in the
/// directory. The format is specified in TIFF 6.0, section 2 (Adobe, 1992).
/// </summary>
internal static class TiffDirectory
{
    private const int HeaderBytes = 8, EntryBytes = 12, MostEntries = 512, MostChannels = 8;

    /// <summary>The maximum number of pixels per byte of a file. Deflate compresses by a factor of at most about 1000.</summary>
    private const int MostPixelsOfByte = 1000;

    /// <summary>The number of bytes per value for each type number; 0 for an unknown type.</summary>
    private static readonly int[] TypeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

    /// <summary>
    /// The accepted compression methods: none, LZW, Deflate (with both of its codes) and PackBits. Methods that embed another file, such as
    /// JPEG, are excluded.
    /// </summary>
    private static readonly HashSet<long> Compressions = [1, 5, 8, 32946, 32773];

    private enum Tag
    {
        Width = 256,
        Height = 257,
        BitsPerSample = 258,
        Compression = 259,
        StripOffsets = 273,
        SamplesPerPixel = 277,
        RowsPerStrip = 278,
        StripByteCounts = 279,
        TileWidth = 322,
        TileHeight = 323,
        TileOffsets = 324,
        TileByteCounts = 325,
    }

    /// <summary>Throws an exception if the file is too small for the data that its directory describes.</summary>
    /// <exception cref="FormatException">The directory is invalid; the message says why.</exception>
    public static void Check(ReadOnlySpan<byte> file)
    {
        var little = file[0] == (byte)'I';
        if (file.Length < HeaderBytes) throw new FormatException("its header is truncated");
        long start = U32(file[4..], little);
        if (start < HeaderBytes || start + 2 > file.Length)
            throw new FormatException($"its directory would begin at byte {start}, but the file has {file.Length} bytes");
        var entries = U16(file[(int)start..], little);
        if (entries is 0 or > MostEntries || start + 2 + entries * EntryBytes > file.Length)
            throw new FormatException($"its directory would have {entries} entries");
        var claims = new Claims();
        for (var i = 0; i < entries; i++) CheckEntry(file, (int)start + 2 + i * EntryBytes, little, ref claims);
        claims.Check(file.Length);
        CheckPixels(file, claims.Offsets, claims.ByteCounts, little);
    }

    /// <summary>Throws an exception if a strip or tile extends beyond the end of the file.</summary>
    private static void CheckPixels(ReadOnlySpan<byte> file, Values offsets, Values byteCounts, bool little)
    {
        for (var i = 0; i < offsets.Count; i++)
        {
            // The library computes lengths that are missing or 0.
            var end = offsets.At(file, i, little) + (i < byteCounts.Count ? byteCounts.At(file, i, little) : 0);
            if (end > file.Length) throw new FormatException($"its pixels would end at byte {end}, but the file has {file.Length} bytes");
        }
    }

    private static void CheckEntry(ReadOnlySpan<byte> file, int at, bool little, ref Claims claims)
    {
        var (tag, type, count) = (U16(file[at..], little), U16(file[(at + 2)..], little), U32(file[(at + 4)..], little));
        if (type >= TypeBytes.Length || TypeBytes[type] == 0)
            throw new FormatException($"entry {tag} of its directory has the unsupported type {type}");
        var (bytes, value) = ((long)count * TypeBytes[type], at + 8L);
        if (bytes > 4) value = U32(file[(at + 8)..], little);
        if (value + bytes > file.Length)
            throw new FormatException(
                $"entry {tag} of its directory would have {bytes} bytes starting at byte {value}, but the file has {file.Length} bytes");
        if (!Enum.IsDefined((Tag)tag)) return;
        if (count == 0) throw new FormatException($"entry {tag} of its directory is empty");
        if (type is not (1 or 3 or 4)) throw new FormatException($"entry {tag} of its directory has the unsupported type {type}");
        var values = new Values((int)value, type, (int)count);
        if ((Tag)tag is Tag.StripOffsets or Tag.TileOffsets) claims.Offsets = values;
        else if ((Tag)tag is Tag.StripByteCounts or Tag.TileByteCounts) claims.ByteCounts = values;
        else for (var i = 0; i < Math.Min(count, MostChannels); i++) claims.Take((Tag)tag, values.At(file, i, little));
    }

    private static int U16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    /// <summary>The integers of one directory entry.</summary>
    /// <param name="Start">The byte offset of the first integer.</param>
    /// <param name="Type">The TIFF type number of an integer type of one, two or four bytes.</param>
    /// <param name="Count">The number of integers.</param>
    private readonly record struct Values(int Start, int Type, int Count)
    {
        public long At(ReadOnlySpan<byte> file, int index, bool little)
        {
            var rest = file[(Start + index * TypeBytes[Type])..];
            return Type switch { 1 => rest[0], 3 => U16(rest, little), _ => U32(rest, little) };
        }
    }

    /// <summary>
    /// The values in the directory that determine memory use. If a tag is repeated, the value that uses the most memory is kept.
    /// </summary>
    private struct Claims()
    {
        private long _width, _height, _tileWidth, _tileHeight, _bits = 1, _samples = 1, _rows = long.MaxValue;

        /// <summary>The offset of each strip or tile.</summary>
        public Values Offsets { get; set; }

        /// <summary>The length of each strip or tile in bytes.</summary>
        public Values ByteCounts { get; set; }

        public void Take(Tag tag, long value)
        {
            switch (tag)
            {
                case Tag.Width: _width = Math.Max(_width, value); break;
                case Tag.Height: _height = Math.Max(_height, value); break;
                case Tag.BitsPerSample: _bits = Math.Max(_bits, value); break;
                case Tag.SamplesPerPixel: _samples = Math.Max(_samples, value); break;
                case Tag.RowsPerStrip: _rows = Math.Min(_rows, value); break;
                case Tag.TileWidth: _tileWidth = Math.Max(_tileWidth, value); break;
                case Tag.TileHeight: _tileHeight = Math.Max(_tileHeight, value); break;
                case Tag.Compression:
                    if (!Compressions.Contains(value)) throw new FormatException($"compression {value} is not supported");
                    break;
            }
        }

        public readonly void Check(long fileBytes)
        {
            var most = MostPixelsOfByte * fileBytes;
            if (_width < 1 || _height < 1 || _width > most / _height)
                throw new FormatException($"{fileBytes} bytes are too few for {_width} × {_height} pixels");
            if (_bits > 16 || _samples > MostChannels) throw new FormatException($"{_samples} channels of {_bits} bits are not supported");
            if (_tileWidth > 0 && _tileHeight > most / _tileWidth)
                throw new FormatException($"{fileBytes} bytes are too few for tiles of {_tileWidth} × {_tileHeight} pixels");
            // Each strip needs an offset and a length in the file.
            if (_rows < 1 || _height / _rows * _samples > fileBytes)
                throw new FormatException($"{fileBytes} bytes are too few for {_height} rows in strips of {_rows}");
        }
    }
}
