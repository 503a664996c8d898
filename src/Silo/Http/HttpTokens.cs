using System.Net;
using System.Security.Cryptography;
using System.Text;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// The secrets of which callers must show one: the token, a second one that is valid beside it while one replaces the other, and one that
/// lets callers read only.
/// </summary>
internal sealed class HttpTokens
{
    /// <summary>Fewer characters can be guessed.</summary>
    public const int Shortest = 16;

    /// <summary>More do not belong in a header.</summary>
    public const int Longest = 512;

    private readonly HttpToken[] _all;

    private HttpTokens(HttpToken[] all) => _all = all;

    /// <summary>The tokens of the settings; null where none is set, which only the loopback interface does without.</summary>
    /// <exception cref="InvalidInputException">One cannot be used, or one is needed.</exception>
    public static HttpTokens? Open(HttpSettings settings)
    {
        var token = Read(settings.Token, HttpSettings.TokenKey, settings.TokenFile, HttpSettings.TokenFileKey);
        var second = Read(settings.Token2, HttpSettings.Token2Key, settings.Token2File, HttpSettings.Token2FileKey);
        var reading = Read(settings.ReadToken, HttpSettings.ReadTokenKey, settings.ReadTokenFile, HttpSettings.ReadTokenFileKey);
        if (token is null)
        {
            if ((second ?? reading) is { Name: var alone })
                throw new InvalidInputException(
                    $"{alone}: is set without {SettingsReader.Name(HttpSettings.TokenKey)}; set that or "
                    + $"{SettingsReader.Name(HttpSettings.TokenFileKey)} too, or remove it.");
            return IPAddress.IsLoopback(settings.Address)
                ? null
                : throw new InvalidInputException(
                    $"{SettingsReader.Name(HttpSettings.AddressKey)}: {settings.Address} is not the loopback interface, "
                    + "so callers need a token; "
                    + $"set {SettingsReader.Name(HttpSettings.TokenKey)} or {SettingsReader.Name(HttpSettings.TokenFileKey)}, or "
                    + $"{SettingsReader.Name(HttpSettings.EnabledKey)} to false.");
        }
        // Whoever shows such a text would read only by one setting and do everything by the other.
        if (reading is not null && (reading.Value.Text == token.Value.Text || reading.Value.Text == second?.Text))
            throw new InvalidInputException(
                $"{reading.Value.Name}: is the same text as a token that may change sweeps; write another one, such as what "
                + "'openssl rand -hex 32' prints.");
        List<HttpToken> all = [new("token", token.Value.Text, isReadOnly: false)];
        if (second is { Text: var other }) all.Add(new("second token", other, isReadOnly: false));
        if (reading is { Text: var weak }) all.Add(new("read token", weak, isReadOnly: true));
        return new HttpTokens([.. all]);
    }

    /// <summary>The token that a caller showed; null where it is none.</summary>
    public HttpToken? Find(string shown)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(shown));
        HttpToken? found = null;
        // All of them, so that the time does not tell which one it was.
        foreach (var token in _all) if (token.Fits(hash)) found ??= token;
        return found;
    }

    /// <summary>The token with a fingerprint; null where there is none any more.</summary>
    public HttpToken? Known(string? fingerprint) => Array.Find(_all, token => token.Fingerprint == fingerprint);

    private static (string Text, string Name)? Read(string? given, string key, string? file, string fileKey)
    {
        if (given is not null && file is not null)
            throw new InvalidInputException($"{SettingsReader.Name(key)} and {SettingsReader.Name(fileKey)} are both set; remove one.");
        if (given is not null) return (Checked(given, SettingsReader.Name(key)), SettingsReader.Name(key));
        var name = SettingsReader.Name(fileKey);
        return file is null ? null : (Checked(SecretFile.Read(file, name, Longest), $"{name}: {file}"), name);
    }

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
