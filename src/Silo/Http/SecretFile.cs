using System.Text;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Http;

/// <summary>Reads secrets from files, such as files that an orchestrator mounts.</summary>
internal static class SecretFile
{
    /// <summary>Reads a secret without its trailing line break.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The setting that names the file.</param>
    /// <param name="longest"> The maximum length of a secret in characters. If the file's content is longer, so is the returned string,
    /// which lets the caller detect the error. </param>
    /// <exception cref="InvalidInputException">The file cannot be read.</exception>
    public static string Read(string path, string name, int longest)
    {
        try
        {
            using var stream = File.OpenRead(path);
            // One byte more than fits, plus a line break, so that a longer file is noticed without being read completely.
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
