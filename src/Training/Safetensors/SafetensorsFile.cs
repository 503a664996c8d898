using System.Buffers.Binary;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;
using TorchSharp;

namespace AdaptCluster.Training.Safetensors;

/// <summary>
/// A safetensors file, opened for reading: an 8-byte little-endian header length, a JSON header, and row-major little-endian data
/// (github.com/huggingface/safetensors, "Format"). The header is validated when the file is opened; data is read one tensor at a time. Not
/// thread-safe.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>The maximum length of the header in bytes, as in the reference implementation.</summary>
    public const long MaxHeaderLength = 100_000_000;

    private const int PrefixLength = 8;
    private readonly Stream _stream;
    private readonly SafetensorsHeader _header;
    private readonly long _dataStart;

    private SafetensorsFile(Stream stream, string source)
    {
        (_stream, Source) = (stream, source);
        var fileLength = stream.Length;
        if (fileLength < PrefixLength)
        {
            throw new InvalidInputException(
                $"{source}: {fileLength} bytes are too few for a safetensors file; the file is truncated or in a different format.");
        }
        Span<byte> prefix = stackalloc byte[PrefixLength];
        ReadExactly(0, prefix, "the header length");
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (Stranger() is { } stranger) throw new InvalidInputException($"{source} {stranger}.");
        if (headerLength > (ulong)Math.Min(MaxHeaderLength, fileLength - PrefixLength))
        {
            throw new InvalidInputException($"{source}: the header claims to have {headerLength} bytes; "
                + $"the file has {fileLength - PrefixLength} left, and the limit is {MaxHeaderLength}. "
                + "The file is truncated or in a different format.");
        }
        var json = new byte[headerLength];
        ReadExactly(PrefixLength, json, "the header");
        _dataStart = PrefixLength + json.Length;
        _header = SafetensorsHeader.Parse(json, fileLength - _dataStart, source);
    }

    /// <summary>The name of the file in messages.</summary>
    public string Source { get; }

    /// <summary>The tensors, keyed by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _header.Entries;

    /// <summary>The header's free-form strings ("__metadata__"); empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="InvalidInputException">The file is missing, unreadable, truncated or damaged; the message names it.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (FileKind.Problem(path) is { } problem) throw new InvalidInputException($"{path} {problem}; specify a safetensors file.");
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(
                $"{path}: cannot be opened ({e.Message.ReplaceLineEndings(" ")}); specify a readable safetensors file.", e);
        }
        return OpenStream(stream, path);
    }

    /// <summary>Opens a file that is already in memory.</summary>
    /// <param name="bytes">The bytes of the file. The array is not copied.</param>
    /// <param name="source">The name of the file in messages.</param>
    /// <exception cref="InvalidInputException">The file is truncated or damaged; the message names it.</exception>
    public static SafetensorsFile Read(byte[] bytes, string source) => OpenStream(new MemoryStream(bytes, writable: false), source);

    /// <summary>Reads one tensor into CPU memory.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="dtype">The element type to convert to; null for the type in the file.</param>
    /// <returns>A contiguous tensor with the shape given in the header. The caller must dispose it.</returns>
    /// <exception cref="InvalidInputException">The tensor does not exist or is too large for this machine, or the file has changed since it
    /// was opened.</exception>
    public torch.Tensor ToTensor(string name, torch.ScalarType? dtype = null)
    {
        if (!Entries.TryGetValue(name, out var entry))
            throw new InvalidInputException($"{Source}: the file has no tensor '{name}'.");
        var length = entry.End - entry.Begin;
        if (length > Array.MaxLength)
        {
            throw new InvalidInputException(
                $"{Source}: tensor '{name}' has {length} bytes, but a tensor may have at most {Array.MaxLength}; split it.");
        }
        var tensor = torch.empty([.. entry.Shape], dtype: entry.ScalarType);
        if (length > 0) ReadExactly(_dataStart + entry.Begin, tensor.bytes, $"tensor '{name}'");
        if (entry.ScalarType == torch.ScalarType.Bool) NormaliseBooleans(tensor.bytes);
        if (dtype is null || dtype == entry.ScalarType) return tensor;
        using (tensor) return tensor.to_type(dtype.Value);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static SafetensorsFile OpenStream(Stream stream, string source)
    {
        try
        {
            return new SafetensorsFile(stream, source);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    // Torch's behaviour is undefined for booleans other than 0 and 1.
    private static void NormaliseBooleans(Span<byte> values)
    {
        foreach (ref var value in values) value = value == 0 ? (byte)0 : (byte)1;
    }

    private string? Stranger()
    {
        var start = new byte[Math.Min(200, _stream.Length)];
        ReadExactly(0, start, "the start");
        return SnapshotFile.Stranger(start);
    }

    private void ReadExactly(long position, Span<byte> destination, string what)
    {
        try
        {
            _stream.Position = position;
            _stream.ReadExactly(destination);
        }
        catch (IOException e)
        {
            throw new InvalidInputException(
                $"{Source}: {what} cannot be read ({e.Message.ReplaceLineEndings(" ")}); the file is truncated.", e);
        }
    }
}
