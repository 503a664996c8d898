using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AdaptCluster.Contracts;

namespace AdaptCluster.Connections.Security;

/// <summary>
/// Checks certificates at startup for problems that would make every handshake fail later. During a handshake, the other side sees only
/// that the connection closes, and neither side learns why.
/// </summary>
internal static class CertificateChecks
{
    /// <summary>The extended key usages for the two sides of a connection.</summary>
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1"), ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <summary>Checks the root certificates.</summary>
    /// <exception cref="InvalidInputException">A certificate is not a root certificate, has expired, or is not valid yet.</exception>
    public static void Authority(X509Certificate2Collection roots, string file, DateTimeOffset now)
    {
        foreach (var root in roots)
        {
            if (root.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
                throw CertificateFiles.Refused(TlsSettings.AuthorityKey, file,
                    $"contains '{root.Subject}', which is not a certificate authority; use the root certificate that signed the others");
            if (!root.SubjectName.RawData.AsSpan().SequenceEqual(root.IssuerName.RawData))
                throw CertificateFiles.Refused(TlsSettings.AuthorityKey, file,
                    $"contains '{root.Subject}', which '{root.Issuer}' signed; put the root certificate there, and move "
                    + "this one into the certificate file, after the certificate that it signed");
            Valid(root, TlsSettings.AuthorityKey, file, now);
        }
    }

    /// <summary>Checks the certificate of this process.</summary>
    /// <param name="own">The certificate.</param>
    /// <param name="trust">The policy with which the other side verifies the certificate.</param>
    /// <param name="settings">The settings that specify the certificate file.</param>
    /// <param name="silo">Whether the process is a silo, which both accepts and opens connections.</param>
    /// <param name="now">The current time.</param>
    /// <exception cref="InvalidInputException">The certificate has expired or is not valid yet, lacks the server name or a key usage, or is
    /// not signed by the authority.</exception>
    public static void Own(X509Certificate2 own, X509ChainPolicy trust, TlsSettings settings, bool silo, DateTimeOffset now)
    {
        var file = settings.Certificate!;
        Valid(own, TlsSettings.CertificateKey, file, now);
        if (silo && !own.MatchesHostname(settings.ServerName, allowWildcards: false, allowCommonName: false))
        {
            throw CertificateFiles.Refused(TlsSettings.CertificateKey, file,
                $"lacks the DNS name '{settings.ServerName}' in its subject alternative names (found {Names(own)}); "
                + $"issue it with that name, or set {SettingsReader.Name(TlsSettings.ServerNameKey)} on every silo and client");
        }
        trust.VerificationTime = now.UtcDateTime;
        trust.VerificationTimeIgnored = false;
        trust.ApplicationPolicy.Add(ClientAuthentication);
        if (silo) trust.ApplicationPolicy.Add(ServerAuthentication);
        using var chain = new X509Chain { ChainPolicy = trust };
        if (chain.Build(own)) return;
        var found = chain.ChainStatus;
        throw found.Any(status => status.Status.HasFlag(X509ChainStatusFlags.NotValidForUsage))
            ? CertificateFiles.Refused(TlsSettings.CertificateKey, file,
                $"is not valid for {(silo ? "both sides" : "the client side")} of a connection; issue it with extendedKeyUsage "
                + (silo ? "serverAuth,clientAuth" : "clientAuth"))
            : CertificateFiles.Refused(TlsSettings.CertificateKey, file,
                $"is not accepted under {settings.Authority} ({SettingsReader.Name(TlsSettings.AuthorityKey)}): "
                + $"{string.Join(", ", found.Select(status => status.Status).Distinct())}; configure the root that signed it, and append "
                    + "the intermediate certificates to the certificate file");
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames()).ToArray();
        return names.Length == 0 ? "none" : string.Join(", ", names.Select(name => $"'{name}'"));
    }

    private static void Valid(X509Certificate2 certificate, string key, string file, DateTimeOffset now)
    {
        if (now.UtcDateTime > certificate.NotAfter.ToUniversalTime())
            throw CertificateFiles.Refused(
                key, file,
                $"contains '{certificate.Subject}', which expired on {certificate.NotAfter.ToUniversalTime():u}; issue a new one");
        if (now.UtcDateTime < certificate.NotBefore.ToUniversalTime())
            throw CertificateFiles.Refused(
                key, file,
                $"contains '{certificate.Subject}', which is not valid before {certificate.NotBefore.ToUniversalTime():u}; issue another "
                + "one, or correct this machine's clock");
    }
}
