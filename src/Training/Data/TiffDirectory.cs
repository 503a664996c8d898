using System.Buffers.Binary;

namespace AdaptCluster.Training.Data;

/// <summary>
/// The directory of a TIFF's first page, looked at before a library reads it: the library takes memory by what the directory claims. The
/// form is that of
/// TIFF 6.0, section 2 (Adobe, 1992).
/// </summary>
internal static class TiffDirectory
{
    private const int HeaderBytes = 8, EntryBytes = 12, MostEntries = 512, MostChannels = 8;

    /// <summary>Deflate packs at most about a thousand to one.</summary>
    private const int MostPixelsOfByte = 1000;

    /// <summary>Bytes of a value by the number of its type; 0 where there is no such type.</summary>
    private static readonly int[] TypeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

    /// <summary>
    /// None, LZW, Deflate by both of its numbers, PackBits. Those within which another file lies, such as JPEG, are not among them.
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

    /// <summary>Refuses a directory whose claims the file's bytes cannot hold.</summary>
    /// <exception cref="FormatException">It is one; the message says what is wrong with it.</exception>
    public static void Check(ReadOnlySpan<byte> file)
    {
        var little = file[0] == (byte)'I';
        if (file.Length < HeaderBytes) throw new FormatException("its header is cut off");
        long start = U32(file[4..], little);
        if (start < HeaderBytes || start + 2 > file.Length)
            throw new FormatException($"its directory would begin at byte {start} of {file.Length}");
        var entries = U16(file[(int)start..], little);
        if (entries is 0 or > MostEntries || start + 2 + entries * EntryBytes > file.Length)
            throw new FormatException($"its directory would have {entries} entries");
        var claims = new Claims();
        for (var i = 0; i < entries; i++) CheckEntry(file, (int)start + 2 + i * EntryBytes, little, ref claims);
        claims.Check(file.Length);
        CheckPixels(file, claims.Offsets, claims.ByteCounts, little);
    }

    /// <summary>Refuses a file that ends before one of its strips or tiles does.</summary>
    private static void CheckPixels(ReadOnlySpan<byte> file, Values offsets, Values byteCounts, bool little)
    {
        for (var i = 0; i < offsets.Count; i++)
        {
            // A library works out the lengths that are missing or 0.
            var end = offsets.At(file, i, little) + (i < byteCounts.Count ? byteCounts.At(file, i, little) : 0);
            if (end > file.Length) throw new FormatException($"its pixels would end at byte {end} of {file.Length}");
        }
    }

    private static void CheckEntry(ReadOnlySpan<byte> file, int at, bool little, ref Claims claims)
    {
        var (tag, type, count) = (U16(file[at..], little), U16(file[(at + 2)..], little), U32(file[(at + 4)..], little));
        if (type >= TypeBytes.Length || TypeBytes[type] == 0) throw new FormatException($"entry {tag} of its directory has type {type}");
        var (bytes, value) = ((long)count * TypeBytes[type], at + 8L);
        if (bytes > 4) value = U32(file[(at + 8)..], little);
        if (value + bytes > file.Length)
            throw new FormatException($"entry {tag} of its directory would have {bytes} bytes from byte {value} of {file.Length}");
        if (!Enum.IsDefined((Tag)tag)) return;
        if (count == 0) throw new FormatException($"entry {tag} of its directory is empty");
        if (type is not (1 or 3 or 4)) throw new FormatException($"entry {tag} of its directory has type {type}");
        var values = new Values((int)value, type, (int)count);
        if ((Tag)tag is Tag.StripOffsets or Tag.TileOffsets) claims.Offsets = values;
        else if ((Tag)tag is Tag.StripByteCounts or Tag.TileByteCounts) claims.ByteCounts = values;
        else for (var i = 0; i < Math.Min(count, MostChannels); i++) claims.Take((Tag)tag, values.At(file, i, little));
    }

    private static int U16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    /// <summary>The whole numbers of one entry.</summary>
    /// <param name="Start">Where the first of them begins.</param>
    /// <param name="Type">The number of their type: bytes, or numbers of two or four bytes.</param>
    /// <param name="Count">How many there are.</param>
    private readonly record struct Values(int Start, int Type, int Count)
    {
        public long At(ReadOnlySpan<byte> file, int index, bool little)
        {
            var rest = file[(Start + index * TypeBytes[Type])..];
            return Type switch { 1 => rest[0], 3 => U16(rest, little), _ => U32(rest, little) };
        }
    }

    /// <summary>What takes memory, the worst of each where a directory says it twice.</summary>
    private struct Claims()
    {
        private long _width, _height, _tileWidth, _tileHeight, _bits = 1, _samples = 1, _rows = long.MaxValue;

        /// <summary>Where each strip or tile begins.</summary>
        public Values Offsets { get; set; }

        /// <summary>The bytes of each strip or tile.</summary>
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
                    if (!Compressions.Contains(value)) throw new FormatException($"its compression {value} is not read");
                    break;
            }
        }

        public readonly void Check(long fileBytes)
        {
            var most = MostPixelsOfByte * fileBytes;
            if (_width < 1 || _height < 1 || _width > most / _height)
                throw new FormatException($"{fileBytes} bytes do not hold {_width} × {_height} pixels");
            if (_bits > 16 || _samples > MostChannels) throw new FormatException($"{_samples} channels of {_bits} bits are not read");
            if (_tileWidth > 0 && _tileHeight > most / _tileWidth)
                throw new FormatException($"{fileBytes} bytes do not hold tiles of {_tileWidth} × {_tileHeight} pixels");
            // Each strip has an offset and a length of its own in the file.
            if (_rows < 1 || _height / _rows * _samples > fileBytes)
                throw new FormatException($"{fileBytes} bytes do not hold a strip for every {_rows} of {_height} rows");
        }
    }
}
