using System.Security.Cryptography;
using System.Text;

namespace AdaptCluster.Silo.Http;

/// <summary>A secret that callers can present. Only its hash is kept.</summary>
internal sealed class HttpToken
{
    private readonly byte[] _hash;

    /// <summary>Initializes a token from a secret.</summary>
    /// <param name="name">The token's name in the audit log.</param>
    /// <param name="token">The secret.</param>
    /// <param name="isReadOnly">Whether the token grants read-only access.</param>
    public HttpToken(string name, string token, bool isReadOnly) =>
        (Name, _hash, IsReadOnly) = (name, SHA256.HashData(Encoding.UTF8.GetBytes(token)), isReadOnly);

    /// <summary>The token's name in the audit log.</summary>
    public string Name { get; }

    /// <summary>Whether the token grants read-only access.</summary>
    public bool IsReadOnly { get; }

    /// <summary>An identifier of this token that does not reveal it.</summary>
    public string Fingerprint => Convert.ToHexStringLower(_hash.AsSpan(0, 8));

    /// <summary>Whether the hash of a presented token equals this token's hash. The comparison takes constant time.</summary>
    public bool Fits(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(hash, _hash);
}
