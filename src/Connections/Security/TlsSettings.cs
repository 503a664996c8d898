using AdaptCluster.Contracts;

namespace AdaptCluster.Connections.Security;

/// <summary>
/// The certificates that a process presents on the silo and gateway ports, and the certificates that it trusts there. The settings only
/// name the files. <see cref="TlsCredentials"/> reads them, so a command that does not join a cluster needs no certificate files.
/// </summary>
public sealed record TlsSettings
{
    internal const string CertificateKey = "Tls:Certificate", PrivateKeyKey = "Tls:Key", PasswordKey = "Tls:Password",
        AuthorityKey = "Tls:Authority";
    internal const string ServerNameKey = "Tls:ServerName", RequireClientCertificateKey = "Tls:RequireClientCertificate";

    /// <summary>
    /// A PKCS#12 or PEM file with this process's certificate and the intermediate certificates (Tls:Certificate); null for a client that
    /// presents no certificate.
    /// </summary>
    [Setting("Tls:Certificate", "none",
        "PKCS#12 or PEM file with this process's certificate, followed by any intermediate certificates")]
    public string? Certificate { get; init; }

    /// <summary>The PEM file with the private key (Tls:Key); null if <see cref="Certificate"/> contains it.</summary>
    [Setting("Tls:Key", "in the certificate's file", "unencrypted PEM file with the private key")]
    public string? Key { get; init; }

    /// <summary>The password of a PKCS#12 file (Tls:Password). It never appears in errors, in logs or in the text of this record.</summary>
    [Setting("Tls:Password", "none", "password of a PKCS#12 file")]
    public string? Password { get; init; }

    /// <summary>
    /// A PEM file with the root certificate that both sides trust, or with several roots while one replaces another (Tls:Authority).
    /// </summary>
    [Setting("Tls:Authority", "none",
        "PEM file with the root certificate that both sides trust, or with several roots while one replaces another")]
    public required string Authority { get; init; }

    /// <summary>
    /// The DNS name in every silo's certificate (Tls:ServerName). It distinguishes silo certificates from client certificates. Clients
    /// connect to silos by IP address, so all silos share one name. Default: "adaptcluster".
    /// </summary>
    [Setting("Tls:ServerName", "`adaptcluster`",
        "DNS name in every silo's certificate. Clients connect to silos by IP address, so all silos use the same name")]
    public string ServerName { get; init; } = "adaptcluster";

    /// <summary>
    /// Whether clients must present a certificate (Tls:RequireClientCertificate). Silos must always present one. Default: true.
    /// </summary>
    [Setting("Tls:RequireClientCertificate", "`true`", "`false` admits clients without a certificate; silos always need one")]
    public bool RequireClientCertificate { get; init; } = true;

    /// <summary>Returns a description without the password.</summary>
    public override string ToString() => $"TLS as {ServerName}, certificate {Certificate ?? "none"}, authority {Authority}";

    /// <summary>Reads the settings. Returns null if none is set.</summary>
    /// <exception cref="InvalidInputException">A setting is not valid, or lacks another setting that it requires.</exception>
    public static TlsSettings? From(SettingsReader reader)
    {
        var (certificate, key, password) = (reader.Text(CertificateKey), reader.Text(PrivateKeyKey), reader.Text(PasswordKey));
        var (authority, serverName, required) = (reader.Text(AuthorityKey), reader.Text(ServerNameKey),
            reader.Flag(RequireClientCertificateKey));
        string? Set(string key) => reader.Text(key) is null ? null : key;
        if ((Set(CertificateKey) ?? Set(PrivateKeyKey) ?? Set(PasswordKey) ?? Set(AuthorityKey) ?? Set(ServerNameKey)
            ?? Set(RequireClientCertificateKey)) is not { } any) return null;
        if (authority is null) throw Missing(AuthorityKey, any, "the path of the PEM certificate of the root that both sides trust");
        if (certificate is null && (Set(PrivateKeyKey) ?? Set(PasswordKey)) is { } secret)
            throw Missing(CertificateKey, secret, "the path of the certificate that it belongs to");
        if (certificate is null && required != false)
        {
            throw Missing(CertificateKey, AuthorityKey,
                "the path of this process's PKCS#12 or PEM certificate, or, for a client of silos that require none, set "
                + $"{SettingsReader.Name(RequireClientCertificateKey)} to false");
        }
        if (key is not null && password is not null)
        {
            throw new InvalidInputException(
                $"{SettingsReader.Name(PrivateKeyKey)} is for a PEM certificate and {SettingsReader.Name(PasswordKey)} for a PKCS#12 "
                + "file; both are set, so remove one.");
        }
        if (serverName is not null && Uri.CheckHostName(serverName) != UriHostNameType.Dns)
            throw new InvalidInputException(
                $"{SettingsReader.Name(ServerNameKey)}: found '{serverName}'; write the DNS name that every silo's certificate contains.");
        return new TlsSettings
        {
            Certificate = certificate is null ? null : Path.GetFullPath(certificate),
            Key = key is null ? null : Path.GetFullPath(key),
            Password = password,
            Authority = Path.GetFullPath(authority),
            ServerName = serverName ?? "adaptcluster",
            RequireClientCertificate = required ?? true,
        };
    }

    private static InvalidInputException Missing(string key, string because, string what) =>
        new($"{SettingsReader.Name(key)}: not set, but {SettingsReader.Name(because)} is; set {what}.");
}
