using System.Net;
using System.Security.Cryptography;
using System.Text;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// The tokens that a silo accepts: the main token, a second token for use while the main token is being replaced, and a read-only token.
/// Callers must present one of them.
/// </summary>
internal sealed class HttpTokens
{
    /// <summary>The minimum length; shorter tokens can be guessed.</summary>
    public const int Shortest = 16;

    /// <summary>The maximum length; longer tokens do not belong in a header.</summary>
    public const int Longest = 512;

    private readonly HttpToken[] _all;

    private HttpTokens(HttpToken[] all) => _all = all;

    /// <summary>
    /// Reads the tokens from the settings; returns null if no token is set, which is allowed only on the loopback interface.
    /// </summary>
    /// <exception cref="InvalidInputException">A token is invalid, or a required token is missing.</exception>
    public static HttpTokens? Open(HttpSettings settings)
    {
        var token = Read(settings.Token, HttpSettings.TokenKey, settings.TokenFile, HttpSettings.TokenFileKey);
        var second = Read(settings.Token2, HttpSettings.Token2Key, settings.Token2File, HttpSettings.Token2FileKey);
        var reading = Read(settings.ReadToken, HttpSettings.ReadTokenKey, settings.ReadTokenFile, HttpSettings.ReadTokenFileKey);
        if (token is null)
        {
            if ((second ?? reading) is { Name: var alone })
                throw new InvalidInputException(
                    $"{alone}: set without {SettingsReader.Name(HttpSettings.TokenKey)}; set that or "
                    + $"{SettingsReader.Name(HttpSettings.TokenFileKey)} too, or remove this setting.");
            return IPAddress.IsLoopback(settings.Address)
                ? null
                : throw new InvalidInputException(
                    $"{SettingsReader.Name(HttpSettings.AddressKey)}: {settings.Address} is not the loopback interface, "
                    + "so callers need a token; "
                    + $"set {SettingsReader.Name(HttpSettings.TokenKey)} or {SettingsReader.Name(HttpSettings.TokenFileKey)}, or "
                    + $"{SettingsReader.Name(HttpSettings.EnabledKey)} to false.");
        }
        // With the same text, one setting would grant read-only access and the other full access.
        if (reading is not null && (reading.Value.Text == token.Value.Text || reading.Value.Text == second?.Text))
            throw new InvalidInputException(
                $"{reading.Value.Name}: the same as a token that can change sweeps; set a different one, such as the output "
                + "of 'openssl rand -hex 32'.");
        List<HttpToken> all = [new("token", token.Value.Text, isReadOnly: false)];
        if (second is { Text: var other }) all.Add(new("second token", other, isReadOnly: false));
        if (reading is { Text: var weak }) all.Add(new("read token", weak, isReadOnly: true));
        return new HttpTokens([.. all]);
    }

    /// <summary>Finds the token that a caller presented; returns null if the token is unknown.</summary>
    public HttpToken? Find(string shown)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(shown));
        HttpToken? found = null;
        // All tokens are compared, so that the time does not reveal which token matched.
        foreach (var token in _all) if (token.Fits(hash)) found ??= token;
        return found;
    }

    /// <summary>Finds the token with the given fingerprint; returns null if the token no longer exists.</summary>
    public HttpToken? Known(string? fingerprint) => Array.Find(_all, token => token.Fingerprint == fingerprint);

    private static (string Text, string Name)? Read(string? given, string key, string? file, string fileKey)
    {
        if (given is not null && file is not null)
            throw new InvalidInputException($"{SettingsReader.Name(key)} and {SettingsReader.Name(fileKey)} are both set; remove one.");
        if (given is not null) return (Checked(given, SettingsReader.Name(key)), SettingsReader.Name(key));
        var name = SettingsReader.Name(fileKey);
        return file is null ? null : (Checked(SecretFile.Read(file, name, Longest), $"{name}: {file}"), name);
    }

    /// <summary>
    /// Returns a token after checking its length and its characters. It must consist of the characters listed in RFC 6750, section 2.1,
    /// which every program sends unchanged.
    /// </summary>
    private static string Checked(string token, string name)
    {
        var body = token.TrimEnd('=');
        if (token.Length is < Shortest or > Longest)
            throw new InvalidInputException(
                $"{name}: {Length(token)}; use {Shortest} to {Longest} characters, such as the output of 'openssl rand -hex 32'.");
        return body.Length > 0 && body.All(c => char.IsAsciiLetterOrDigit(c) || "-._~+/".Contains(c, StringComparison.Ordinal))
            ? token
            : throw new InvalidInputException(
                $"{name}: contains a character that is not allowed in a token; use only letters, digits and -._~+/, such as the output of "
                + "'openssl rand -hex 32'.");
    }

    private static string Length(string token) => token.Length > Longest ? $"more than {Longest} characters"
        : $"{token.Length} characters are easy to guess";
}
