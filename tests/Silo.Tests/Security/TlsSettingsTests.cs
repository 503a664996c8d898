using System.Text.Json;
using AdaptCluster.Connections;
using AdaptCluster.Connections.Security;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;

namespace AdaptCluster.Silo.Tests.Security;

public sealed class TlsSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_settings_there_is_no_TLS() => Assert.Null(Read());

    [Fact]
    public void Certificate_and_authority_are_enough_for_mutual_TLS()
    {
        var settings = Read(("Certificate", "silo.pfx"), ("Authority", "root.pem"))!;

        Assert.Equal((Path.GetFullPath("silo.pfx"), Path.GetFullPath("root.pem")), (settings.Certificate, settings.Authority));
        Assert.Equal((null, null, "adaptcluster", true),
            (settings.Key, settings.Password, settings.ServerName, settings.RequireClientCertificate));
    }

    [Fact]
    public void Every_setting_is_read()
    {
        var settings = Read(("Certificate", "silo.pem"), ("Key", "silo.key"), ("Authority", "root.pem"), ("ServerName", "sweeps.internal"),
            ("RequireClientCertificate", "false"))!;

        Assert.Equal((Path.GetFullPath("silo.key"), "sweeps.internal", false),
            (settings.Key, settings.ServerName, settings.RequireClientCertificate));
        Assert.Equal("correct horse", Read(("Certificate", "silo.pfx"), ("Password", "correct horse"),
            ("Authority", "root.pem"))!.Password);
    }

    [Fact]
    public void A_client_of_silos_that_ask_for_no_certificate_needs_the_authority_only() =>
        Assert.Null(Read(("Authority", "root.pem"), ("RequireClientCertificate", "false"))!.Certificate);

    [Theory]
    [InlineData("Certificate", "silo.pem")]
    [InlineData("Key", "silo.key")]
    [InlineData("Password", "correct horse")]
    [InlineData("ServerName", "sweeps.internal")]
    [InlineData("RequireClientCertificate", "false")]
    public void A_setting_without_the_authority_is_half_a_configuration(string key, string value)
    {
        var refusal = Refusal((key, value));

        Assert.StartsWith("Tls:Authority (ADAPTCLUSTER_TLS__AUTHORITY): not set, but ", refusal, StringComparison.Ordinal);
        Assert.Contains($"Tls:{key} (ADAPTCLUSTER_TLS__{key.ToUpperInvariant()}) is", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authority", "root.pem", null)]
    [InlineData("Authority", "root.pem", "true")]
    [InlineData("Key", "silo.key", "false")]
    [InlineData("Password", "correct horse", "false")]
    public void A_setting_that_needs_the_certificate_is_half_a_configuration_without_it(string key, string value, string? required)
    {
        var refusal = Refusal((key, value), ("Authority", "root.pem"), ("RequireClientCertificate", required));

        Assert.StartsWith("Tls:Certificate (ADAPTCLUSTER_TLS__CERTIFICATE): not set, but ", refusal, StringComparison.Ordinal);
        Assert.Contains($"Tls:{key} (ADAPTCLUSTER_TLS__{key.ToUpperInvariant()}) is", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_file_and_a_password_exclude_each_other()
    {
        var refusal = Refusal(("Certificate", "silo.pem"), ("Key", "silo.key"), ("Password", "correct horse"), ("Authority", "root.pem"));

        Assert.Contains("Tls:Key (ADAPTCLUSTER_TLS__KEY)", refusal, StringComparison.Ordinal);
        Assert.Contains("Tls:Password (ADAPTCLUSTER_TLS__PASSWORD)", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("*.internal")]
    [InlineData("two words")]
    public void A_server_name_that_is_no_DNS_name_is_refused(string name) =>
        Assert.StartsWith($"Tls:ServerName (ADAPTCLUSTER_TLS__SERVERNAME): found '{name}'; write ",
            Refusal(("Certificate", "silo.pfx"), ("Authority", "root.pem"), ("ServerName", name)), StringComparison.Ordinal);

    [Fact]
    public void The_password_stands_in_no_text_of_the_settings()
    {
        var settings = Read(("Certificate", "silo.pfx"), ("Password", "correct horse"), ("Authority", "root.pem"))!;

        Assert.DoesNotContain("correct horse", $"{settings}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_key_is_refused_with_the_right_one()
    {
        var reader = Reader([("Certifcate", "silo.pfx")]);
        Assert.Null(TlsSettings.From(reader));

        Assert.Contains("did you mean AdaptCluster:Tls:Certificate?",
            Assert.Throws<InvalidInputException>(() => HostSettings.From(reader)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_takes_its_TLS_from_the_same_settings()
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"),
            """{"AdaptCluster": {"Store": {"ConnectionString": "Host=db;Database=a;Username=u"}, "Tls": {"Certificate": "silo.pfx", "Authority": "root.pem"}}}""");

        Assert.Equal(Path.GetFullPath("silo.pfx"), ClusterSettings.From(new SettingsReader(_folder))!.Tls!.Certificate);
    }

    private TlsSettings? Read(params (string Key, string? Value)[] settings) => TlsSettings.From(Reader(settings));

    private string Refusal(params (string Key, string? Value)[] settings)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => Read(settings)).Message;
        Assert.DoesNotContain("correct horse", refusal, StringComparison.Ordinal);
        return refusal;
    }

    private SettingsReader Reader((string Key, string? Value)[] settings)
    {
        var tls = settings.Where(setting => setting.Value is not null).DistinctBy(setting => setting.Key)
            .ToDictionary(setting => setting.Key, setting => setting.Value);
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), JsonSerializer.Serialize(new { AdaptCluster = new { Tls = tls } }));
        return new SettingsReader(_folder);
    }
}
