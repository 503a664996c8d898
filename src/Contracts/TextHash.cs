using System.Security.Cryptography;
using System.Text;

namespace AdaptCluster.Contracts;

/// <summary>Hashes text, so that contents can be identified by their hash.</summary>
public static class TextHash
{
    /// <summary>Returns the SHA-256 of a text in UTF-8, as 64 hexadecimal digits.</summary>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
