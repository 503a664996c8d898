using System.Buffers;
using System.Text;
using System.Text.Unicode;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>
/// Reads files that describe a data set. The files are untrusted: their size is limited, and they must be regular files.
/// </summary>
internal static class SmallFile
{
    /// <summary>The maximum size of a file in bytes. Food-101's list of 101,000 images is about 15 MB long.</summary>
    public const long MaxBytes = 256L << 20;

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="path">The path of the file, already verified to be inside its root.</param>
    /// <param name="advice">Advice for a missing file, which follows a semicolon in the message.</param>
    /// <exception cref="InvalidInputException">The file is missing, not a regular file or too large; the message names it.</exception>
    public static byte[] ReadBytes(string path, string advice)
    {
        if (FileKind.Problem(path) is { } problem) throw new InvalidInputException($"{path} {problem}; {advice}.");
        var file = new FileInfo(path);
        if (!file.Exists) throw new InvalidInputException($"{path} does not exist; {advice}.");
        if (file.Length > MaxBytes)
            throw new InvalidInputException(
                $"{path} has {file.Length} bytes; the limit is {MaxBytes}. Check that it is the right file.");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{path} cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <summary>Reads a UTF-8 text file and removes its byte order mark.</summary>
    /// <param name="path">The path of the file, already verified to be inside its root.</param>
    /// <param name="advice">Advice for a missing file, which follows a semicolon in the message.</param>
    /// <exception cref="InvalidInputException">The file is missing, not a regular file, too large or not UTF-8 text; the message names
    /// it.</exception>
    public static string ReadText(string path, string advice)
    {
        var bytes = ReadBytes(path, advice);
        if (OtherEncoding(bytes) is { } encoding)
            throw new InvalidInputException($"{path} is {encoding} text, not UTF-8; save it as UTF-8.");
        if (!Utf8.IsValid(bytes))
        {
            var at = FirstInvalid(bytes);
            throw new InvalidInputException($"{path}, line {bytes.AsSpan(0, at).Count((byte)'\n') + 1}: the byte {bytes[at]:X2} at "
                + $"position {at} is not UTF-8; the file may be Latin-1 or Windows-1252. Save it as UTF-8.");
        }
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\ufeff');
        return !text.Contains('\0', StringComparison.Ordinal) ? text
            : throw new InvalidInputException($"{path} contains a NUL character, so it is not text; copy the file again.");
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == OperationStatus.Done) at += length;
        return at;
    }

    private static string? OtherEncoding(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] => "UTF-32",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "UTF-16",
        // Without a byte order mark, UTF-16 is recognized by ASCII text, in which every other byte is NUL.
        [not 0, 0, not 0, 0, ..] or [0, not 0, 0, not 0, ..] => "UTF-16",
        _ => null,
    };
}
