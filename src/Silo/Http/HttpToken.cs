using System.Net;
using System.Security.Cryptography;
using System.Text;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// The secret that callers must show. Only its hash is kept here, and hashes are compared in a time that does not depend on where they
/// differ.
/// </summary>
internal sealed class HttpToken
{
    /// <summary>Fewer characters can be guessed.</summary>
    public const int Shortest = 16;

    /// <summary>More do not belong in a header.</summary>
    public const int Longest = 512;

    private readonly byte[] _hash;

    private HttpToken(string token) => _hash = Hash(token);

    /// <summary>The token of the settings; null where none is set, which only the loopback interface does without.</summary>
    /// <exception cref="InvalidInputException">It cannot be used, or one is needed.</exception>
    public static HttpToken? Open(HttpSettings settings)
    {
        var (token, file) = (SettingsReader.Name(HttpSettings.TokenKey), SettingsReader.Name(HttpSettings.TokenFileKey));
        if (settings.Token is not null && settings.TokenFile is not null)
            throw new InvalidInputException($"{token} and {file} are both set; remove one.");
        if (settings.Token is { } given) return new HttpToken(Checked(given, token));
        if (settings.TokenFile is { } path) return new HttpToken(Checked(SecretFile.Read(path, file, Longest), $"{file}: {path}"));
        return IPAddress.IsLoopback(settings.Address)
            ? null
            : throw new InvalidInputException(
                $"{SettingsReader.Name(HttpSettings.AddressKey)}: {settings.Address} is not the loopback interface, "
                + "so callers need a token; "
                + $"set {token} or {file}, or {SettingsReader.Name(HttpSettings.EnabledKey)} to false.");
    }

    /// <summary>Tells this token from another without giving either away.</summary>
    public string Fingerprint => Convert.ToHexStringLower(_hash.AsSpan(0, 8));

    /// <summary>Whether a caller showed the token.</summary>
    public bool Fits(string shown) => CryptographicOperations.FixedTimeEquals(Hash(shown), _hash);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>The characters of RFC 6750, section 2.1, which every program sends as they are.</summary>
    private static string Checked(string token, string name)
    {
        var body = token.TrimEnd('=');
        if (token.Length is < Shortest or > Longest)
            throw new InvalidInputException(
                $"{name}: {Length(token)}; write {Shortest} to {Longest}, such as what 'openssl rand -hex 32' prints.");
        return body.Length > 0 && body.All(c => char.IsAsciiLetterOrDigit(c) || "-._~+/".Contains(c, StringComparison.Ordinal))
            ? token
            : throw new InvalidInputException(
                $"{name}: a character is none of a token's; write letters, digits and -._~+/ only, such as what "
                + "'openssl rand -hex 32' prints.");
    }

    private static string Length(string token) => token.Length > Longest ? $"more than {Longest} characters"
        : $"{token.Length} characters can be guessed";
}
