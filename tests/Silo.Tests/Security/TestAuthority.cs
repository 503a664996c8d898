using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AdaptCluster.Silo.Tests.Security;

/// <summary>An authority that lives as long as a test and writes what it issues as files into a folder.</summary>
internal sealed class TestAuthority
{
    public const string ServerUsage = "1.3.6.1.5.5.7.3.1", ClientUsage = "1.3.6.1.5.5.7.3.2";
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly string _folder;
    private readonly X509Certificate2 _root;

    public TestAuthority(string folder, string name)
    {
        (_folder, RootFile) = (folder, Path.Combine(folder, $"{name}.pem"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _root = AsAuthority($"CN={name}", key).CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
        File.WriteAllText(RootFile, _root.ExportCertificatePem());
    }

    public string RootFile { get; }

    public string RootPem => _root.ExportCertificatePem();

    /// <summary>Issues a certificate as NAME.pem and NAME.key.</summary>
    public (string Certificate, string Key) Issue(
        string name, string? serverName, string[] usages, TimeSpan? begins = null, TimeSpan? ends = null)
    {
        using var certificate = Create(name, serverName, usages, begins, ends);
        using var key = certificate.GetECDsaPrivateKey()!;
        var files = (Path.Combine(_folder, $"{name}.pem"), Path.Combine(_folder, $"{name}.key"));
        File.WriteAllText(files.Item1, certificate.ExportCertificatePem());
        File.WriteAllText(files.Item2, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    /// <summary>Issues a silo's certificate as NAME.pfx.</summary>
    public string IssuePkcs12(string name, string password)
    {
        using var certificate = Create(name, "adaptcluster", [ServerUsage, ClientUsage], null, null);
        var file = Path.Combine(_folder, $"{name}.pfx");
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pkcs12, password));
        return file;
    }

    /// <summary>Issues a silo's certificate by an authority under this one; the certificate file holds both, the silo's first.</summary>
    public (string Certificate, string Key) IssueThroughIntermediate(string name)
    {
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middle = AsAuthority($"CN={name} intermediate", middleKey)
            .Create(_root, Now.AddYears(-1), Now.AddYears(1), RandomNumberGenerator.GetBytes(8));
        using var signing = middle.CopyWithPrivateKey(middleKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Request($"CN={name}", "adaptcluster", [ServerUsage, ClientUsage], key)
            .Create(signing, Now.AddDays(-1), Now.AddDays(30), RandomNumberGenerator.GetBytes(8));
        var files = (Path.Combine(_folder, $"{name}.pem"), Path.Combine(_folder, $"{name}.key"));
        File.WriteAllText(files.Item1, certificate.ExportCertificatePem() + "\n" + middle.ExportCertificatePem());
        File.WriteAllText(files.Item2, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    private X509Certificate2 Create(string name, string? serverName, string[] usages, TimeSpan? begins, TimeSpan? ends)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Request($"CN={name}", serverName, usages, key)
            .Create(_root, Now + (begins ?? TimeSpan.FromDays(-1)), Now + (ends ?? TimeSpan.FromDays(30)),
                RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    private static CertificateRequest AsAuthority(string subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request;
    }

    private static CertificateRequest Request(string subject, string? serverName, string[] usages, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages.Select(usage => new Oid(usage))], critical: false));
        if (serverName is null) return request;
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(serverName);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }
}
