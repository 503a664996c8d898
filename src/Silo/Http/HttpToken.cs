using System.Security.Cryptography;
using System.Text;

namespace AdaptCluster.Silo.Http;

/// <summary>One secret that callers may show. Only its hash is kept.</summary>
internal sealed class HttpToken
{
    private readonly byte[] _hash;

    /// <summary>Takes a secret.</summary>
    /// <param name="name">What it is called where people read who did something.</param>
    /// <param name="token">The secret.</param>
    /// <param name="isReadOnly">Whether it lets callers read only.</param>
    public HttpToken(string name, string token, bool isReadOnly) =>
        (Name, _hash, IsReadOnly) = (name, SHA256.HashData(Encoding.UTF8.GetBytes(token)), isReadOnly);

    /// <summary>What it is called where people read who did something.</summary>
    public string Name { get; }

    /// <summary>Whether it lets callers read only.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Tells this token from another without giving either away.</summary>
    public string Fingerprint => Convert.ToHexStringLower(_hash.AsSpan(0, 8));

    /// <summary>Whether the hash of what a caller showed is this token's, in a time that does not depend on where they differ.</summary>
    public bool Fits(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(hash, _hash);
}
