using System.Security.Cryptography;
using System.Text;

namespace AdaptCluster.Contracts;

/// <summary>Computes hashes that identify text by its content.</summary>
public static class TextHash
{
    /// <summary>Returns the SHA-256 hash of a string in UTF-8, as 64 hexadecimal digits.</summary>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
