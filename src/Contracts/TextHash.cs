using System.Security.Cryptography;
using System.Text;

namespace AdaptCluster.Contracts;

/// <summary>Names contents by what they are.</summary>
public static class TextHash
{
    /// <summary>SHA-256 of a text in UTF-8, as 64 hexadecimal digits.</summary>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
