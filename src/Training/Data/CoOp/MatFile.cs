using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>
/// Reads one variable from a MATLAB level-5 MAT file (MathWorks, "MAT-File Format"): numbers, text, cells and structures, with or without
/// compression. The file is untrusted: sizes in the file are checked against the number of available bytes, and the decompressed size is
/// limited.
/// </summary>
internal static class MatFile
{
    private const int HeaderBytes = 128;

    /// <summary>
    /// The maximum size of all data in the file after decompression, in bytes. The largest file that is read, from Stanford Cars, is about
    /// 3 MB long. In memory, a value needs at most nine times its size in the file.
    /// </summary>
    private const int MaxDataBytes = 8 << 20;

    private const int MaxDepth = 8;

    /// <summary>Reads a variable.</summary>
    /// <param name="bytes">The bytes of the file.</param>
    /// <param name="path">The path of the file, for error messages.</param>
    /// <param name="variable">The name of the variable.</param>
    /// <exception cref="InvalidInputException">The file is not a level-5 MAT file, is damaged, or does not contain the
    /// variable.</exception>
    public static MatValue Read(byte[] bytes, string path, string variable)
    {
        if (bytes.Length < HeaderBytes || !(bytes[126] == 'I' && bytes[127] == 'M'))
            throw new InvalidInputException(
                $"{path} is not a little-endian MATLAB level-5 file (version 5 to 7; 7.3 is HDF5); copy the file again.");
        try
        {
            var left = MaxDataBytes;
            foreach (var element in new Elements(bytes.AsMemory(HeaderBytes)))
            {
                var (type, data) = element.Type == MatType.Compressed ? Unpack(element.Data, left) : element;
                if (data.Length > left) throw TooLarge();
                left -= data.Length;
                if (type == MatType.Matrix && Matrix(data, 0) is { } found && found.Name == variable) return found.Value;
            }
        }
        catch (Exception error)
            when (error is FormatException or InvalidDataException or IOException or ArgumentException or OverflowException)
        {
            throw new InvalidInputException($"{path} is damaged: {error.Message.ReplaceLineEndings(" ")}; copy the file again.", error);
        }
        throw new InvalidInputException($"{path} has no variable '{variable}'; check that it is the right file.");
    }

    private static Element Unpack(ReadOnlyMemory<byte> data, int limit)
    {
        using var stream = new ZLibStream(new MemoryStream(data.ToArray()), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (unpacked.Length + read > limit) throw TooLarge();
            unpacked.Write(buffer, 0, read);
        }
        return new Elements(unpacked.ToArray()).FirstOrDefault() ?? throw new FormatException("a compressed element is empty");
    }

    private static FormatException TooLarge() => new($"it has more than {MaxDataBytes} bytes");

    private static (string Name, MatValue Value) Matrix(ReadOnlyMemory<byte> data, int depth)
    {
        if (depth > MaxDepth) throw new FormatException($"it is nested deeper than {MaxDepth} levels");
        // An empty cell may be an element without content.
        if (data.IsEmpty) return ("", MatValue.Nothing);
        var parts = new Elements(data).GetEnumerator();
        var kind = Next(parts).Data is { IsEmpty: false } flags ? flags.Span[0] : throw new FormatException("a matrix has no class");
        var count = Next(parts).Integers().Aggregate(
            1L, (product, size) => size >= 0 ? checked(product * size) : throw new FormatException("a dimension is negative"));
        var name = Encoding.UTF8.GetString(Next(parts).Data.Span);
        return (name, kind switch
        {
            // mxCELL_CLASS, mxSTRUCT_CLASS, mxCHAR_CLASS, mxDOUBLE_CLASS to mxUINT64_CLASS.
            1 => new MatValue { Cells = Values(parts, count, depth) },
            2 => Structure(parts, count, depth),
            4 => new MatValue { Text = Next(parts).Text() },
            >= 6 and <= 15 => new MatValue { Numbers = Next(parts).Numbers() },
            // A variable of an unsupported class does not matter unless it is requested.
            _ => MatValue.Nothing,
        });
    }

    private static MatValue Structure(IEnumerator<Element> parts, long count, int depth)
    {
        var width = Next(parts).Integers() is [> 0 and <= 256 and var length] ? length
            : throw new FormatException("a structure has field names of an invalid length");
        var names = Next(parts).Data;
        var fields = Enumerable.Range(0, names.Length / width)
            .Select(i => Encoding.UTF8.GetString(names.Span.Slice(i * width, width)).TrimEnd('\0')).ToArray();
        var values = Values(parts, checked(count * fields.Length), depth);
        var table = new Dictionary<string, MatValue[]>(StringComparer.Ordinal);
        for (var field = 0; field < fields.Length; field++)
            table[fields[field]] = [.. Enumerable.Range(0, (int)count).Select(i => values[i * fields.Length + field])];
        return new MatValue { Fields = table };
    }

    private static MatValue[] Values(IEnumerator<Element> parts, long count, int depth)
    {
        var values = new List<MatValue>();
        // The list grows with the data that is present, not to the length that the file claims.
        for (var i = 0L; i < count; i++)
            values.Add(Next(parts) is { Type: MatType.Matrix, Data: var data } ? Matrix(data, depth + 1).Value
                : throw new FormatException("found an array instead of a matrix"));
        return [.. values];
    }

    private static Element Next(IEnumerator<Element> parts) =>
        parts.MoveNext() ? parts.Current : throw new FormatException("a matrix ends early");

    private enum MatType
    {
        Int8 = 1,
        UInt8 = 2,
        Int16 = 3,
        UInt16 = 4,
        Int32 = 5,
        UInt32 = 6,
        Single = 7,
        Double = 9,
        Int64 = 12,
        UInt64 = 13,
        Matrix = 14,
        Compressed = 15,
        Utf8 = 16,
        Utf16 = 17,
    }

    private sealed record Element(MatType Type, ReadOnlyMemory<byte> Data)
    {
        public int[] Integers() => [.. Numbers().Select(number => checked((int)number))];

        public string Text() => Type switch
        {
            MatType.Utf16 or MatType.UInt16 => Encoding.Unicode.GetString(Data.Span),
            MatType.Utf8 or MatType.UInt8 or MatType.Int8 => Encoding.UTF8.GetString(Data.Span),
            _ => throw new FormatException($"a text has the unsupported type {(int)Type}"),
        };

        public double[] Numbers()
        {
            var data = Data;
            return Type switch
            {
                MatType.Int8 => Each(1, i => (sbyte)data.Span[i]),
                MatType.UInt8 => Each(1, i => data.Span[i]),
                MatType.Int16 => Each(2, i => BinaryPrimitives.ReadInt16LittleEndian(data.Span[i..])),
                MatType.UInt16 => Each(2, i => BinaryPrimitives.ReadUInt16LittleEndian(data.Span[i..])),
                MatType.Int32 => Each(4, i => BinaryPrimitives.ReadInt32LittleEndian(data.Span[i..])),
                MatType.UInt32 => Each(4, i => BinaryPrimitives.ReadUInt32LittleEndian(data.Span[i..])),
                MatType.Single => Each(4, i => BinaryPrimitives.ReadSingleLittleEndian(data.Span[i..])),
                MatType.Double => Each(8, i => BinaryPrimitives.ReadDoubleLittleEndian(data.Span[i..])),
                MatType.Int64 => Each(8, i => BinaryPrimitives.ReadInt64LittleEndian(data.Span[i..])),
                MatType.UInt64 => Each(8, i => BinaryPrimitives.ReadUInt64LittleEndian(data.Span[i..])),
                _ => throw new FormatException($"numbers have the unsupported type {(int)Type}"),
            };
        }

        private double[] Each(int size, Func<int, double> read) => [.. Enumerable.Range(0, Data.Length / size).Select(i => read(i * size))];
    }

    /// <summary>Enumerates the consecutive data elements in a byte sequence.</summary>
    private sealed class Elements(ReadOnlyMemory<byte> data) : IEnumerable<Element>
    {
        public IEnumerator<Element> GetEnumerator()
        {
            for (var at = 0; at < data.Length;)
            {
                if (data.Length - at < 8) throw new FormatException("an element ends early");
                var tag = BinaryPrimitives.ReadUInt32LittleEndian(data.Span[at..]);
                // Up to four bytes of data are stored in the tag itself.
                var small = tag >> 16 is > 0 and <= 4;
                var (type, length, start) = small
                    ? ((MatType)(tag & 0xffff), tag >> 16, at + 4)
                    : ((MatType)tag, BinaryPrimitives.ReadUInt32LittleEndian(data.Span[(at + 4)..]), at + 8);
                if (length > data.Length - start)
                    throw new FormatException($"an element claims {length} bytes, but only {data.Length - start} are left");
                yield return new Element(type, data.Slice(start, (int)length));
                var end = start + (int)length;
                // Elements are aligned to eight bytes, except after a compressed element.
                at = small ? at + 8 : type == MatType.Compressed ? end : Math.Min(data.Length, (end + 7) / 8 * 8);
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

/// <summary>A value in a MAT file. At most one of its properties is set.</summary>
internal sealed record MatValue
{
    /// <summary>An empty cell, or a value of an unsupported kind.</summary>
    public static MatValue Nothing { get; } = new();

    /// <summary>The numbers, in column-major order.</summary>
    public double[]? Numbers { get; init; }

    /// <summary>The text of a character array.</summary>
    public string? Text { get; init; }

    /// <summary>The cells of a cell array.</summary>
    public MatValue[]? Cells { get; init; }

    /// <summary>The values of each field of a structure array.</summary>
    public IReadOnlyDictionary<string, MatValue[]>? Fields { get; init; }

    /// <summary>Returns the numbers.</summary>
    /// <exception cref="InvalidInputException">The value is not numeric.</exception>
    public double[] RequireNumbers(string path, string name) => Numbers ?? throw Refused(path, name, "a numeric array");

    /// <summary>Returns the strings in a cell array.</summary>
    /// <exception cref="InvalidInputException">The value is not a cell array, or a cell is not text.</exception>
    public string[] RequireTexts(string path, string name) =>
        Cells is null ? throw Refused(path, name, "a cell array of strings")
            : [.. Cells.Select(cell => cell.Text ?? throw Refused(path, name, "a cell array of strings"))];

    /// <summary>Returns the values of one field for all elements of a structure array.</summary>
    /// <exception cref="InvalidInputException">The value has no field with that name.</exception>
    public MatValue[] RequireField(string path, string name, string field) =>
        Fields?.GetValueOrDefault(field) ?? throw Refused(path, name, $"a structure with the field '{field}'");

    private static InvalidInputException Refused(string path, string name, string what) =>
        new($"{path}: '{name}' is not {what}; check that it is the right file.");
}
