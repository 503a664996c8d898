using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AdaptCluster.Contracts;

namespace AdaptCluster.Connections.Security;

/// <summary>
/// Provides the options that <see cref="SslStream"/> needs on both sides of a connection, from files that have been read and checked. Files
/// are read once, so a new certificate takes effect at the next start. Only certificates under the configured root are trusted; the
/// machine's own authorities are not.
/// </summary>
internal sealed class TlsCredentials
{
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;
    private readonly TlsSettings _settings;
    private readonly X509Certificate2Collection _roots;
    private readonly SslStreamCertificateContext? _certificate;

    private TlsCredentials(TlsSettings settings, X509Certificate2Collection roots, SslStreamCertificateContext? certificate) =>
        (_settings, _roots, _certificate) = (settings, roots, certificate);

    /// <summary>Reads and checks the files of a silo. A silo needs a certificate with the server name.</summary>
    /// <exception cref="InvalidInputException">A file cannot be used.</exception>
    public static TlsCredentials ForSilo(TlsSettings settings, TimeProvider time) => settings.Certificate is null
        ? throw new InvalidInputException(
            $"{SettingsReader.Name(TlsSettings.CertificateKey)}: not set, but {SettingsReader.Name(TlsSettings.AuthorityKey)} is, and a "
            + "silo needs a certificate; "
            + "set the path of its PKCS#12 or PEM file.")
        : Load(settings, silo: true, time.GetUtcNow());

    /// <summary>Reads and checks the files of a client.</summary>
    /// <exception cref="InvalidInputException">A file cannot be used.</exception>
    public static TlsCredentials ForClient(TlsSettings settings, TimeProvider time) => Load(settings, silo: false, time.GetUtcNow());

    /// <summary>
    /// Returns the options for the gateway. The gateway accepts any client certificate under the root and, if the settings allow it,
    /// clients without a certificate.
    /// </summary>
    public SslServerAuthenticationOptions ForGateway() => new()
    {
        ServerCertificateContext = _certificate,
        ClientCertificateRequired = _settings.RequireClientCertificate,
        CertificateChainPolicy = Trust(_roots),
        EnabledSslProtocols = Versions,
        // Connections are few and long-lived, so session resumption would only add attack surface.
        AllowTlsResume = false,
        AllowRenegotiation = false,
    };

    /// <summary>
    /// Returns the options for the silo port. It accepts only certificates with the server name, so that a client cannot pose as a silo.
    /// </summary>
    public SslServerAuthenticationOptions ForSiloPort()
    {
        var options = ForGateway();
        options.ClientCertificateRequired = true;
        options.RemoteCertificateValidationCallback = (_, certificate, _, errors) => errors == SslPolicyErrors.None
            && certificate is X509Certificate2 peer && peer.MatchesHostname(
                _settings.ServerName, allowWildcards: false, allowCommonName: false);
        return options;
    }

    /// <summary>Returns the options for outgoing connections to silo ports and gateways.</summary>
    public SslClientAuthenticationOptions ForDialling() => new()
    {
        TargetHost = _settings.ServerName,
        ClientCertificateContext = _certificate,
        CertificateChainPolicy = Trust(_roots),
        EnabledSslProtocols = Versions,
        AllowTlsResume = false,
        AllowRenegotiation = false,
    };

    private static TlsCredentials Load(TlsSettings settings, bool silo, DateTimeOffset now)
    {
        var roots = CertificateFiles.Authority(settings.Authority);
        CertificateChecks.Authority(roots, settings.Authority, now);
        if (settings.Certificate is not { } file) return new TlsCredentials(settings, roots, null);
        var (own, between) = CertificateFiles.Certificate(settings, file);
        var trust = Trust(roots);
        trust.ExtraStore.AddRange(between);
        CertificateChecks.Own(own, trust, settings, silo, now);
        return new TlsCredentials(settings, roots, SslStreamCertificateContext.Create(own, between, offline: true));
    }

    /// <summary>Returns the trust policy. It makes no network requests, because a private root has no revocation list to query.</summary>
    private static X509ChainPolicy Trust(X509Certificate2Collection roots)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }
}
