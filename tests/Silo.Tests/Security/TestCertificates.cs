using AdaptCluster.Connections.Security;

namespace AdaptCluster.Silo.Tests.Security;

/// <summary>A root with a silo's and a client's certificate, another root with the same, and the settings that go with them.</summary>
public sealed class TestCertificates : IDisposable
{
    public const string Password = "correct horse";

    public TestCertificates()
    {
        (Root, Other) = (new TestAuthority(Folder, "root"), new TestAuthority(Folder, "other"));
        BothRoots = Path.Combine(Folder, "both.pem");
        File.WriteAllText(BothRoots, Root.RootPem + "\n" + Other.RootPem);
        Silo = Settings(Root.Issue("silo", "adaptcluster", [TestAuthority.ServerUsage, TestAuthority.ClientUsage]));
        Client = Settings(Root.Issue("client", serverName: null, [TestAuthority.ClientUsage]));
        SiloOfOtherRoot = Settings(Other.Issue("stranger", "adaptcluster", [TestAuthority.ServerUsage, TestAuthority.ClientUsage])) with
        {
            Authority = BothRoots,
        };
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("adaptcluster-tls-").FullName;

    public string BothRoots { get; }

    public TlsSettings Silo { get; }

    public TlsSettings Client { get; }

    /// <summary>Trusts our silos, but we do not trust it.</summary>
    public TlsSettings SiloOfOtherRoot { get; }

    internal TestAuthority Root { get; }

    internal TestAuthority Other { get; }

    public TlsSettings Settings((string Certificate, string Key) files) => new()
    {
        Certificate = files.Certificate,
        Key = files.Key,
        Authority = Root.RootFile,
    };

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
