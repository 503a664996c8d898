using AdaptCluster.Connections.Security;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Tests.Security;

/// <summary>Every refusal names the key, its environment variable and the file, says what was found and what to do, in one line.</summary>
public sealed class TlsCredentialsTests(TestCertificates certificates) : IClassFixture<TestCertificates>
{
    private const string Certificate = "Tls:Certificate (ADAPTCLUSTER_TLS__CERTIFICATE): ", Key = "Tls:Key (ADAPTCLUSTER_TLS__KEY): ",
        Authority = "Tls:Authority (ADAPTCLUSTER_TLS__AUTHORITY): ";

    private static readonly string[] BothUsages = [TestAuthority.ServerUsage, TestAuthority.ClientUsage];

    [Fact]
    public void Good_files_are_taken()
    {
        TlsCredentials.ForSilo(certificates.Silo, TimeProvider.System);
        TlsCredentials.ForSilo(certificates.Silo with { Authority = certificates.BothRoots }, TimeProvider.System);
        TlsCredentials.ForClient(certificates.Client, TimeProvider.System);
        TlsCredentials.ForClient(new TlsSettings { Authority = certificates.Root.RootFile }, TimeProvider.System);
    }

    [Fact]
    public void A_certificate_and_its_key_may_share_a_PEM_file()
    {
        var file = Write("together.pem", File.ReadAllText(certificates.Silo.Certificate!) + "\n"
            + File.ReadAllText(certificates.Silo.Key!));

        TlsCredentials.ForSilo(certificates.Silo with { Certificate = file, Key = null }, TimeProvider.System);
    }

    [Fact]
    public void A_silo_without_a_certificate_is_refused() =>
        Assert.StartsWith(Certificate + "not set, but Tls:Authority", Refusal(new TlsSettings { Authority = certificates.Root.RootFile }),
            StringComparison.Ordinal);

    [Fact]
    public void Missing_files_are_refused()
    {
        var missing = Path.Combine(certificates.Folder, "missing.pem");

        Assert.StartsWith($"{Certificate}{missing} does not exist; set ", Refusal(certificates.Silo with { Certificate = missing }),
            StringComparison.Ordinal);
        Assert.StartsWith($"{Key}{missing} does not exist; set ", Refusal(certificates.Silo with { Key = missing }),
            StringComparison.Ordinal);
        Assert.StartsWith($"{Authority}{missing} does not exist; set ", Refusal(certificates.Silo with { Authority = missing }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_refused() =>
        Assert.StartsWith($"{Certificate}{certificates.Folder} cannot be read (",
            Refusal(certificates.Silo with { Certificate = certificates.Folder }), StringComparison.Ordinal);

    [Fact]
    public void Files_that_are_no_certificates_are_refused()
    {
        var (junk, broken) = (Write("junk.pfx", "neither"),
            Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"));

        Assert.StartsWith($"{Certificate}{junk} cannot be read (", Refusal(certificates.Silo with { Certificate = junk, Key = null }),
            StringComparison.Ordinal);
        Assert.StartsWith($"{Certificate}{broken} cannot be read (", Refusal(certificates.Silo with { Certificate = broken }),
            StringComparison.Ordinal);
        Assert.StartsWith($"{Authority}{junk} contains no PEM certificate; it must ", Refusal(certificates.Silo with { Authority = junk }),
            StringComparison.Ordinal);
        Assert.StartsWith($"{Authority}{broken} cannot be read (", Refusal(certificates.Silo with { Authority = broken }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_password_is_refused_and_not_repeated()
    {
        var file = certificates.Root.IssuePkcs12("locked", TestCertificates.Password);

        foreach (var password in new[] { "wrong staple", null })
        {
            var refusal = Refusal(certificates.Silo with { Certificate = file, Key = null, Password = password });

            Assert.StartsWith($"{Certificate}{file} cannot be read (", refusal, StringComparison.Ordinal);
            Assert.Contains("Tls:Password (ADAPTCLUSTER_TLS__PASSWORD)", refusal, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong staple", refusal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_certificate_without_a_private_key_is_refused()
    {
        var silo = certificates.Silo.Certificate!;

        Assert.StartsWith($"{Certificate}{silo} contains no private key; set the path ", Refusal(certificates.Silo with { Key = null }),
            StringComparison.Ordinal);
        Assert.StartsWith($"{Key}{silo} contains no private key; it must ", Refusal(certificates.Silo with { Key = silo }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_of_another_certificate_is_refused() =>
        Assert.StartsWith($"{Certificate}{certificates.Silo.Certificate} cannot be read (",
            Refusal(certificates.Silo with { Key = certificates.Client.Key }), StringComparison.Ordinal);

    [Fact]
    public void A_key_file_beside_PKCS12_and_a_password_beside_PEM_are_refused()
    {
        var pkcs12 = certificates.Root.IssuePkcs12("beside", TestCertificates.Password);

        Assert.StartsWith($"{Certificate}{pkcs12} is not a PEM file, and Tls:Key", Refusal(certificates.Silo with { Certificate = pkcs12 }),
            StringComparison.Ordinal);
        Assert.StartsWith($"{Certificate}{certificates.Silo.Certificate} is a PEM file, and Tls:Password",
            Refusal(certificates.Silo with { Key = null, Password = "p" }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_whose_time_is_over_or_not_yet_come_is_refused()
    {
        var expired = certificates.Settings(certificates.Root.Issue(
            "expired", "adaptcluster", BothUsages, TimeSpan.FromDays(-9), TimeSpan.FromDays(-2)));
        var early = certificates.Settings(certificates.Root.Issue("early", "adaptcluster", BothUsages, TimeSpan.FromDays(2)));

        Assert.StartsWith($"{Certificate}{expired.Certificate} contains 'CN=expired', which expired on 2", Refusal(expired),
            StringComparison.Ordinal);
        Assert.StartsWith($"{Certificate}{early.Certificate} contains 'CN=early', which is not valid before 2", Refusal(early),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_silos_certificate_without_the_server_name_is_refused()
    {
        var nameless = certificates.Settings(certificates.Root.Issue("adaptcluster", serverName: null, BothUsages));

        Assert.Contains(
            $"{nameless.Certificate} lacks the DNS name 'adaptcluster' in its subject alternative names (found none); issue ",
            Refusal(nameless), StringComparison.Ordinal);
        Assert.Contains("'sweeps.internal' in its subject alternative names (found 'adaptcluster'); issue ",
            Refusal(certificates.Silo with { ServerName = "sweeps.internal" }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_for_one_end_only_is_refused_for_a_silo()
    {
        var serverOnly = certificates.Settings(certificates.Root.Issue("one-end", "adaptcluster", [TestAuthority.ServerUsage]));

        Assert.Contains("issue it with extendedKeyUsage serverAuth,clientAuth.", Refusal(serverOnly), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_the_authority_did_not_sign_is_refused() =>
        Assert.StartsWith(
            $"{Certificate}{certificates.SiloOfOtherRoot.Certificate} is not accepted under {certificates.Root.RootFile} (Tls:Authority",
            Refusal(certificates.SiloOfOtherRoot with { Authority = certificates.Root.RootFile }), StringComparison.Ordinal);

    [Fact]
    public void An_authority_that_is_none_or_has_expired_is_refused()
    {
        var silo = certificates.Silo.Certificate!;
        var later = new FixedTime(TimeProvider.System.GetUtcNow().AddYears(3));

        Assert.StartsWith($"{Authority}{silo} contains 'CN=silo', which is not a certificate authority; use ",
            Refusal(certificates.Silo with { Authority = silo }), StringComparison.Ordinal);
        Assert.StartsWith($"{Authority}{certificates.Root.RootFile} contains 'CN=root', which expired on 2",
            Assert.Throws<InvalidInputException>(() => TlsCredentials.ForClient(certificates.Client, later)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_between_root_and_certificate_is_refused_as_a_root()
    {
        var (file, _) = certificates.Root.IssueThroughIntermediate("below");
        var middle = Write("middle.pem", File.ReadAllText(file).Split("-----END CERTIFICATE-----\n")[1]);

        Assert.StartsWith($"{Authority}{middle} contains 'CN=below intermediate', which 'CN=root' signed; put ",
            Refusal(certificates.Silo with { Authority = middle }), StringComparison.Ordinal);
    }

    private static string Refusal(TlsSettings settings)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => TlsCredentials.ForSilo(settings, TimeProvider.System)).Message;
        Assert.DoesNotContain('\n', refusal);
        return refusal;
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(certificates.Folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
