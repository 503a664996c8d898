using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Http;

/// <summary>An OpenID Connect provider through which people log in to the web page with their existing account.</summary>
public sealed record OidcSettings
{
    internal const string AuthorityKey = "Http:Oidc:Authority", ClientIdKey = "Http:Oidc:ClientId",
        ClientSecretKey = "Http:Oidc:ClientSecret";
    internal const string ClientSecretFileKey = "Http:Oidc:ClientSecretFile", AllowKey = "Http:Oidc:Allow",
        TrustUnverifiedEmailKey = "Http:Oidc:TrustUnverifiedEmail";
    private const string Email = "email", EmailVerified = "email_verified";
    private const int LongestSecret = 1024, LongestChosen = 50;

    /// <summary>The provider's issuer URL (Http:Oidc:Authority).</summary>
    [Setting("Http:Oidc:Authority", "none",
        "an OpenID Connect provider through which people can [log in](../users/web.md#single-sign-on), as an alternative to the token")]
    public required Uri Authority { get; init; }

    /// <summary>The client id under which the page is registered with the provider (Http:Oidc:ClientId).</summary>
    [Setting("Http:Oidc:ClientId", "required with `Http:Oidc:Authority`", "the client id registered with the provider")]
    public required string ClientId { get; init; }

    /// <summary>The client secret (Http:Oidc:ClientSecret, or a file in Http:Oidc:ClientSecretFile); null for a public client.</summary>
    [Setting("Http:Oidc:ClientSecret", "none", "the client secret registered with the provider")]
    [Setting("Http:Oidc:ClientSecretFile", "none", "a file that contains the secret, instead of `Http:Oidc:ClientSecret`")]
    public string? ClientSecret { get; init; }

    /// <summary>
    /// Claims that admit a user (Http:Oidc:Allow, such as "groups=ml-team,email=ada@lab.example"). One match is enough. An empty list
    /// ("*" in the setting) admits anyone the provider authenticates.
    /// </summary>
    [Setting("Http:Oidc:Allow", "required with `Http:Oidc:Authority`",
        "claims of which a user needs at least one, such as `groups=ml-team,email=ada@lab.example`; `*` admits everyone. Values with "
        + "commas need a list with one claim per entry (`Http:Oidc:Allow:0`, …)")]
    public IReadOnlyList<(string Type, string Value)> Allow { get; init; } = [];

    /// <summary>
    /// Whether an email address is accepted even if the provider does not mark it as verified (Http:Oidc:TrustUnverifiedEmail). Default:
    /// false, since some providers let users enter any address.
    /// </summary>
    [Setting("Http:Oidc:TrustUnverifiedEmail", "`false`",
        "`true` accepts email addresses that the provider does not mark as verified (`email_verified`), for a provider that sends no such "
        + "claim and does not let people change their address")]
    public bool TrustUnverifiedEmail { get; init; }

    /// <summary>Returns a description without the secret.</summary>
    public override string ToString() => $"client {ClientId} of {Authority}";

    /// <summary>Whether a user is admitted. An email address admits a user only if it is verified or trusted.</summary>
    public bool Admits(ClaimsPrincipal person) => Allow.Count == 0
        || Allow.Any(claim => person.HasClaim(claim.Type, claim.Value) && (claim.Type != Email || IsEmailTrusted(person)));

    /// <summary>Whether a user is refused only because the provider does not mark their email address as verified.</summary>
    public bool LacksVerification(ClaimsPrincipal person) => !Admits(person)
        && Allow.Any(claim => claim.Type == Email && person.HasClaim(claim.Type, claim.Value));

    /// <summary>
    /// Returns a user's display name. Users can choose some names themselves, so these do not prove identity; the provider's id for the
    /// user is added in parentheses.
    /// </summary>
    public string NameOf(ClaimsPrincipal person)
    {
        if (IsEmailTrusted(person) && Claim(Email) is { } email) return email;
        var (chosen, subject) = (Claim("preferred_username") ?? Claim("name") ?? Claim(Email), Claim("sub"));
        if (chosen is null) return subject ?? "unknown user";
        return subject is null ? chosen : $"{chosen[..Math.Min(chosen.Length, LongestChosen)]} ({subject})";

        string? Claim(string type) => person.FindFirst(type)?.Value is { Length: > 0 } value ? value : null;
    }

    private bool IsEmailTrusted(ClaimsPrincipal person) => TrustUnverifiedEmail
        || person.FindAll(EmailVerified).Any(claim => string.Equals(claim.Value, "true", StringComparison.OrdinalIgnoreCase));

    /// <summary>An identifier of these settings. Users who were admitted under other settings must log in again.</summary>
    public string Fingerprint =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{Authority}\n{ClientId}\n{TrustUnverifiedEmail}\n"
            + $"{string.Join('\n', Allow.Select(claim => $"{claim.Type}={claim.Value}"))}")).AsSpan(0, 8));

    /// <summary>Reads the settings; returns null if no provider is configured.</summary>
    /// <exception cref="InvalidInputException">A setting is missing or has an invalid value.</exception>
    internal static OidcSettings? From(SettingsReader reader)
    {
        var (authority, client, secret, file, allow) = (reader.Text(AuthorityKey), reader.Text(ClientIdKey), reader.Text(ClientSecretKey),
            reader.Text(ClientSecretFileKey), reader.Text(AllowKey));
        var (list, trust) = (reader.List(AllowKey), reader.Flag(TrustUnverifiedEmailKey));
        if (authority is null)
        {
            var alone = new[]
            {
                (client, ClientIdKey), (secret, ClientSecretKey), (file, ClientSecretFileKey),
                (allow ?? (list.Count > 0 ? list[0] : null), AllowKey), (trust?.ToString(), TrustUnverifiedEmailKey),
            }.FirstOrDefault(setting => setting.Item1 is not null).Item2;
            return alone is null ? null : throw new InvalidInputException(
                $"{SettingsReader.Name(alone)}: set without {SettingsReader.Name(AuthorityKey)}; set {AuthorityKey} to the provider's "
                + $"issuer URL, or remove {alone}.");
        }
        if (secret is not null && file is not null)
            throw new InvalidInputException(
                $"{SettingsReader.Name(ClientSecretKey)} and {SettingsReader.Name(ClientSecretFileKey)} are both set; remove one.");
        return new OidcSettings
        {
            Authority = ReadAuthority(authority),
            ClientId = client ?? throw new InvalidInputException(
                $"{SettingsReader.Name(ClientIdKey)}: not set; set it to the client id that is registered with {authority}."),
            ClientSecret = file is null ? secret : SecretFile.Read(
                Path.GetFullPath(file), SettingsReader.Name(ClientSecretFileKey), LongestSecret),
            Allow = list.Count == 0 ? ReadAllow(allow) : allow is null ? ReadAllow(list) : throw new InvalidInputException(
                $"{SettingsReader.Name(AllowKey)} and {SettingsReader.Name($"{AllowKey}:0")} are both set; remove one."),
            TrustUnverifiedEmail = trust ?? false,
        };
    }

    private static Uri ReadAuthority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            ? uri
            : throw new InvalidInputException(
                $"{SettingsReader.Name(AuthorityKey)}: found '{text}'; write the provider's address, such as "
                + "https://login.lab.example/realms/lab.");

    private static (string, string)[] ReadAllow(string? text)
    {
        var name = SettingsReader.Name(AllowKey);
        if (text is null)
            throw new InvalidInputException(
                $"{name}: not set; write the claims that admit a user, such as groups=ml-team,email=ada@lab.example, or * for "
                + "anyone who can log in with the provider.");
        if (text == "*") return [];
        var pairs = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => pair.Split('=', 2)).ToArray();
        // The parts of "groups=CN=ml,OU=lab" look like separate claims, which no user would have.
        if (pairs.Length > 1 && pairs.Any(pair => pair is [_, var value] && value.TrimEnd('=').Contains('=', StringComparison.Ordinal)))
            throw new InvalidInputException(
                $"{name}: found '{text}', in which a value contains '='; write values with commas, such as LDAP names, as a list with "
                + $"one claim per entry: {SettingsReader.Name($"{AllowKey}:0")}, {SettingsReader.Name($"{AllowKey}:1")} and so on.");
        return pairs.Length > 0 && pairs.All(pair => pair is [{ Length: > 0 }, { Length: > 0 }])
            ? Array.ConvertAll(pairs, pair => (pair[0], pair[1]))
            : throw new InvalidInputException(
                $"{name}: found '{text}'; write claims and their values, such as groups=ml-team,email=ada@lab.example, or *.");
    }

    /// <summary>Reads the list of claims, one per entry. A claim's value may contain commas and "=" characters.</summary>
    private static (string, string)[] ReadAllow(IReadOnlyList<string> list)
    {
        if (list is ["*"]) return [];
        return [.. list.Select((text, i) => text.Split('=', 2) is [{ Length: > 0 } type, { Length: > 0 } value]
            ? (type.Trim(), value.Trim())
            : throw new InvalidInputException(
                $"{SettingsReader.Name($"{AllowKey}:{i}")}: found '{text}'; write one claim and its value, such as "
                + "groups=CN=ml-team,OU=groups,DC=lab."))];
    }
}
