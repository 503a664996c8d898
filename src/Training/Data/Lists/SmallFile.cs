using System.Text;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>Reads files that say what a data set holds. They are untrusted: bounded in size, and nothing but files.</summary>
internal static class SmallFile
{
    /// <summary>The most bytes of a list; that of Food-101's 101,000 images has about 15 MB.</summary>
    public const long MaxBytes = 256L << 20;

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">The file, already known to lie within its root.</param>
    /// <param name="advice">What to do when it is not there, to follow a semicolon.</param>
    /// <exception cref="InvalidInputException">It is missing, no file or too large; the message names it.</exception>
    public static byte[] ReadBytes(string path, string advice)
    {
        if (FileKind.Problem(path) is { } problem) throw new InvalidInputException($"{path} {problem}; {advice}.");
        var file = new FileInfo(path);
        if (!file.Exists) throw new InvalidInputException($"{path} does not exist; {advice}.");
        if (file.Length > MaxBytes) throw new InvalidInputException($"{path} has {file.Length} bytes; at most {MaxBytes} are read. Check that it is the right file.");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{path} cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <summary>The text of a file in UTF-8, without a byte order mark.</summary>
    /// <param name="path">The file, already known to lie within its root.</param>
    /// <param name="advice">What to do when it is not there, to follow a semicolon.</param>
    /// <exception cref="InvalidInputException">As for <see cref="ReadBytes"/>, or it is no text; the message names it.</exception>
    public static string ReadText(string path, string advice)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(ReadBytes(path, advice)).TrimStart('\ufeff');
            return !text.Contains('\0', StringComparison.Ordinal) ? text : throw new InvalidInputException($"{path} holds a NUL and is no text; copy the file again.");
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidInputException($"{path} is no UTF-8 text ({error.Message.ReplaceLineEndings(" ")}); copy the file again.", error);
        }
    }
}
