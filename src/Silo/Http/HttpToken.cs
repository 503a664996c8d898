using System.Security.Cryptography;
using System.Text;

namespace AdaptCluster.Silo.Http;

/// <summary>A secret that callers may present. Only its hash is kept.</summary>
internal sealed class HttpToken
{
    private readonly byte[] _hash;

    /// <summary>Creates a token from a secret.</summary>
    /// <param name="name">Its name in the audit log.</param>
    /// <param name="token">The secret.</param>
    /// <param name="isReadOnly">Whether it grants read-only access.</param>
    public HttpToken(string name, string token, bool isReadOnly) =>
        (Name, _hash, IsReadOnly) = (name, SHA256.HashData(Encoding.UTF8.GetBytes(token)), isReadOnly);

    /// <summary>Its name in the audit log.</summary>
    public string Name { get; }

    /// <summary>Whether it grants read-only access.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Identifies this token without revealing it.</summary>
    public string Fingerprint => Convert.ToHexStringLower(_hash.AsSpan(0, 8));

    /// <summary>Whether a presented token's hash equals this one's. Takes constant time.</summary>
    public bool Fits(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(hash, _hash);
}
