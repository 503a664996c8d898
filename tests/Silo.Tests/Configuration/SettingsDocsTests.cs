using AdaptCluster.Connections;
using AdaptCluster.Connections.Security;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Http;
using AdaptCluster.Silo.Kubernetes;
using AdaptCluster.Silo.Logs;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Tests.Configuration;

/// <summary>What the documentation says of settings is what the code that reads them says.</summary>
public sealed class SettingsDocsTests
{
    private static readonly Type[] Records =
    [
        typeof(HostSettings), typeof(SiloSettings), typeof(ImageSettings), typeof(HttpSettings),
        typeof(OidcSettings), typeof(OtlpSettings), typeof(LogSettings), typeof(ClusterSettings), typeof(TlsSettings),
        typeof(TelemetrySettings), typeof(RetentionSettings), typeof(QuotaSettings), typeof(PodSettings),
    ];

    [Fact]
    public void The_tables_of_settings_are_those_of_the_code()
    {
        GeneratedFile.CheckPart("docs/operators/configuration.md", "settings",
            Table(typeof(HostSettings), typeof(SiloSettings), typeof(ImageSettings), typeof(LogSettings)));
        GeneratedFile.CheckPart("docs/operators/configuration.md", "http",
            Table(typeof(HttpSettings), typeof(OidcSettings), typeof(OtlpSettings), typeof(TelemetrySettings)));
        GeneratedFile.CheckPart("docs/operators/configuration.md", "cluster", Table(typeof(ClusterSettings), typeof(PodSettings)));
        GeneratedFile.CheckPart("docs/operators/configuration.md", "retention", Table(typeof(RetentionSettings), typeof(QuotaSettings)));
        GeneratedFile.CheckPart("docs/operators/security.md", "tls", Table(typeof(TlsSettings)));
    }

    [Fact]
    public void Every_setting_that_is_read_is_documented_and_no_other()
    {
        var folder = Directory.CreateTempSubdirectory("adaptcluster-").FullName;
        try
        {
            // Features that are off read no more than the setting that switches them on.
            File.WriteAllText(Path.Combine(folder, SettingsReader.FileName),
                """
                {"AdaptCluster": {"Store": {"ConnectionString": "Host=db;Database=a;Username=u"},
                  "Http": {"Address": "0.0.0.0", "Token": "0123456789abcdef", "PublicUrl": "https://lab.example",
                    "Oidc": {"Authority": "https://login.lab.example", "ClientId": "x", "Allow": "*"} },
                  "Otlp": {"Endpoint": "http://collector:4317"},
                  "Quota": {"Groups": {"NAME": {"Members": "ada, bob"} } },
                  "Tls": {"Certificate": "silo.pfx", "Authority": "root.pem"} } }
                """);
            var reader = new SettingsReader(folder);
            HostSettings.From(reader);

            Assert.Equal(reader.Known.Order(StringComparer.Ordinal),
                SettingAttribute.Of(Records).Select(setting => setting.Key).Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Table(params Type[] records) => string.Concat(
    [
        "| key | variable | default | meaning |\n| --- | --- | --- | --- |\n",
        .. SettingAttribute.Of(records).Select(setting =>
            $"| `{setting.Key}` | `{SettingsReader.Variable(setting.Key)}` | {setting.Default} | {setting.Meaning} |\n"),
    ]);
}
