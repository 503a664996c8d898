using System.Security.Cryptography;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>Computes the SHA-256 hash of file contents.</summary>
internal static class ContentHash
{
    /// <summary>Hashes files in parallel, reading each file as a stream.</summary>
    /// <param name="paths">The files.</param>
    /// <returns>One hash per file, in the same order.</returns>
    /// <exception cref="InvalidInputException">A file cannot be read; the message names it.</exception>
    public static byte[][] OfEach(IReadOnlyList<string> paths)
    {
        var hashes = new byte[paths.Count][];
        try
        {
            Parallel.For(0, paths.Count, i => hashes[i] = Of(paths[i]));
        }
        catch (AggregateException error) when (error.InnerExceptions.OfType<InvalidInputException>().FirstOrDefault() is { } refused)
        {
            throw new InvalidInputException(refused.Message, refused);
        }
        return hashes;
    }

    private static byte[] Of(string path)
    {
        try
        {
            using var stream = WorkProgress.Track(new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.SequentialScan));
            return SHA256.HashData(stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{path} cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }
}
