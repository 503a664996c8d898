using System.Text;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Http;

/// <summary>A secret that lies in a file, as orchestrators mount them.</summary>
internal static class SecretFile
{
    /// <summary>Reads one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The setting that names it.</param>
    /// <param name="longest">Most characters of a secret; of a longer file a part is returned that is longer than that.</param>
    /// <exception cref="InvalidInputException">It cannot be read.</exception>
    public static string Read(string path, string name, int longest)
    {
        try
        {
            using var stream = File.OpenRead(path);
            // One byte more than fits, with room for a line break, so that a longer file is noticed and none is read in whole.
            var bytes = new byte[longest + 3];
            return Encoding.Latin1.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false))
                .TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{name}: {path} cannot be read ({e.Message.ReplaceLineEndings(" ")}).", e);
        }
    }
}
