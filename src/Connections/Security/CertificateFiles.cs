using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AdaptCluster.Contracts;

namespace AdaptCluster.Connections.Security;

/// <summary>
/// Reads the files that <see cref="TlsSettings"/> names. Every error names the key, its environment variable and the file, but never
/// contains the password.
/// </summary>
internal static class CertificateFiles
{
    private const string PemBegin = "-----BEGIN ", PrivateKeyLabel = "PRIVATE KEY-----";

    /// <summary>Reads the certificate with its private key and the intermediate certificates.</summary>
    /// <exception cref="InvalidInputException">A file is missing or cannot be used, or there is no private key.</exception>
    public static (X509Certificate2 Own, X509Certificate2Collection Between) Certificate(TlsSettings settings, string file)
    {
        var bytes = Read(TlsSettings.CertificateKey, file);
        var text = Encoding.ASCII.GetString(bytes);
        try
        {
            return text.Contains(PemBegin, StringComparison.Ordinal) ? FromPem(settings, file, text) : FromPkcs12(settings, file, bytes);
        }
        // A key that belongs to another certificate causes an ArgumentException.
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            var remedy = settings.Key is { } key
                ? $"and the key in {key} ({SettingsReader.Name(TlsSettings.PrivateKeyKey)}) belong together and are not encrypted"
                : $"is a PKCS#12 or PEM file, with {SettingsReader.Name(TlsSettings.PasswordKey)} if it is a "
                    + "PKCS#12 file with a password";
            throw Refused(TlsSettings.CertificateKey, file,
                $"cannot be read ({e.Message.ReplaceLineEndings(" ")}); check that it {remedy}", e);
        }
    }

    /// <summary>Reads the root certificates.</summary>
    /// <exception cref="InvalidInputException">The file is missing or cannot be used.</exception>
    public static X509Certificate2Collection Authority(string file)
    {
        var text = Encoding.ASCII.GetString(Read(TlsSettings.AuthorityKey, file));
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw Refused(TlsSettings.AuthorityKey, file,
                $"cannot be read ({e.Message.ReplaceLineEndings(" ")}); it must contain the root certificate as PEM", e);
        }
        return roots.Count > 0 ? roots : throw Refused(
            TlsSettings.AuthorityKey, file, "contains no PEM certificate; it must contain the root certificate as PEM");
    }

    /// <summary>Returns the error for a file that cannot be used.</summary>
    public static InvalidInputException Refused(string key, string file, string problem, Exception? inner = null) =>
        new($"{SettingsReader.Name(key)}: {file} {problem}.", inner);

    private static (X509Certificate2, X509Certificate2Collection) FromPem(TlsSettings settings, string file, string text)
    {
        if (settings.Password is not null)
            throw Refused(TlsSettings.CertificateKey, file,
                $"is a PEM file, and {SettingsReader.Name(TlsSettings.PasswordKey)} is only for PKCS#12; remove the password "
                + "and use an unencrypted key");
        var key = settings.Key is { } keyFile ? Encoding.ASCII.GetString(Read(TlsSettings.PrivateKeyKey, keyFile)) : text;
        if (!key.Contains(PrivateKeyLabel, StringComparison.Ordinal))
        {
            throw settings.Key is { } named
                ? Refused(TlsSettings.PrivateKeyKey, named, "contains no private key; it must contain the certificate's key as PEM")
                : Refused(TlsSettings.CertificateKey, file,
                    $"contains no private key; set the path of the key's PEM file with {SettingsReader.Name(TlsSettings.PrivateKeyKey)}");
        }
        var all = new X509Certificate2Collection();
        all.ImportFromPem(text);
        if (all.Count == 0) throw Refused(TlsSettings.CertificateKey, file, "contains no certificate; it must contain one as PEM");
        return (X509Certificate2.CreateFromPem(text, key), [.. all.Skip(1)]);
    }

    private static (X509Certificate2, X509Certificate2Collection) FromPkcs12(TlsSettings settings, string file, byte[] bytes)
    {
        if (settings.Key is not null)
            throw Refused(TlsSettings.CertificateKey, file,
                $"is not a PEM file, and {SettingsReader.Name(TlsSettings.PrivateKeyKey)} requires one; remove the setting, or "
                + "convert the certificate");
        var all = X509CertificateLoader.LoadPkcs12Collection(bytes, settings.Password);
        var own = all.FirstOrDefault(certificate => certificate.HasPrivateKey)
            ?? throw Refused(TlsSettings.CertificateKey, file, "contains no private key; export the certificate together with its key");
        return (own, [.. all.Where(certificate => certificate != own)]);
    }

    private static byte[] Read(string key, string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Refused(key, file, "does not exist; set the path of a file that this process can read", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(key, file, $"cannot be read ({e.Message.TrimEnd('.')}); set the path of a file that this process can read", e);
        }
    }
}
