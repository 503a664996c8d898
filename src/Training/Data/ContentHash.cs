using System.Security.Cryptography;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data;

/// <summary>SHA-256 of the contents of files.</summary>
internal static class ContentHash
{
    /// <summary>Hashes files side by side, each as a stream.</summary>
    /// <param name="paths">The files.</param>
    /// <returns>One hash for each, in their order.</returns>
    /// <exception cref="InvalidInputException">A file cannot be read; it is named.</exception>
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
            using var stream = LongWork.Reading(new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.SequentialScan));
            return SHA256.HashData(stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{path} cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }
}
