using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AdaptCluster.Connections.Security;

namespace AdaptCluster.Silo.Tests.Security;

public sealed class TlsClusterTests(TestCertificates certificates) : IClassFixture<TestCertificates>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly SecuredCluster _cluster = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_client_with_a_certificate_of_the_root_calls_and_three_megabytes_arrive_intact()
    {
        await _cluster.StartSiloAsync(certificates.Silo);

        await CallAsync(certificates.Client);
    }

    [Fact]
    public async Task Silos_form_a_cluster_and_call_each_other_also_with_PKCS12_and_an_authority_between()
    {
        var pkcs12 = new TlsSettings
        {
            Certificate = certificates.Root.IssuePkcs12("second", TestCertificates.Password),
            Password = TestCertificates.Password,
            Authority = certificates.Root.RootFile,
        };
        var through = certificates.Settings(certificates.Root.IssueThroughIntermediate("third"));
        var grains = await _cluster.StartSiloAsync(certificates.Silo);
        await _cluster.StartSiloAsync(pkcs12);
        await _cluster.StartSiloAsync(through);

        var places = new HashSet<string>();
        for (var key = 0; places.Count < 3; key++)
        {
            Assert.True(key < 1000, $"only {places.Count} silos have grains");
            places.Add(await grains.GetGrain<IEchoGrain>(key).WhereAsync());
        }
        await CallAsync(certificates.Client);
    }

    [Theory]
    [InlineData("without TLS", "Cannot determine the frame size")]
    [InlineData("without a certificate", "The inbound TLS handshake with")]
    [InlineData("with a certificate of another root", "The inbound TLS handshake with")]
    [InlineData("that trusts another root only", "The inbound TLS handshake with")]
    public async Task A_stranger_gets_nothing_and_the_right_client_is_served_on(string stranger, string reason)
    {
        await _cluster.StartSiloAsync(certificates.Silo);
        var settings = stranger switch
        {
            "without TLS" => null,
            "without a certificate" => new TlsSettings { Authority = certificates.Root.RootFile },
            "with a certificate of another root" => certificates.SiloOfOtherRoot,
            _ => certificates.SiloOfOtherRoot with { Authority = certificates.Other.RootFile },
        };
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var joining = _cluster.ConnectAsync(settings, enough.Token);
        await _cluster.LoggedAsync(reason);
        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => joining.WaitAsync(Patience, Cancellation));
        await CallAsync(certificates.Client);
    }

    [Fact]
    public async Task A_client_without_a_certificate_works_where_none_is_required()
    {
        await _cluster.StartSiloAsync(certificates.Silo with { RequireClientCertificate = false });

        await CallAsync(new TlsSettings { Authority = certificates.Root.RootFile, RequireClientCertificate = false });
    }

    [Fact]
    public async Task The_silo_port_takes_no_client_certificate_whatever_the_gateway_asks_for()
    {
        await _cluster.StartSiloAsync(certificates.Silo with { RequireClientCertificate = false });

        await RefusedAtTheSiloPortAsync(certificates.Client);
        await RefusedAtTheSiloPortAsync(new TlsSettings { Authority = certificates.Root.RootFile });
    }

    [Fact]
    public async Task An_expired_client_certificate_is_refused()
    {
        await _cluster.StartSiloAsync(certificates.Silo);
        var expired = certificates.Settings(certificates.Root.Issue(
            "late", null, [TestAuthority.ClientUsage], TimeSpan.FromDays(-9), TimeSpan.FromDays(-2)));

        await RefusedAsync(_cluster.FirstGateway!, TlsCredentials.ForClient(expired, new PastTime(TimeSpan.FromDays(5))).ForDialling());
    }

    [Fact]
    public async Task A_certificate_for_servers_only_is_refused_as_a_client()
    {
        await _cluster.StartSiloAsync(certificates.Silo);
        var (file, key) = certificates.Root.Issue("server", "adaptcluster", [TestAuthority.ServerUsage]);
        var options = TlsCredentials.ForClient(new TlsSettings { Authority = certificates.Root.RootFile },
            TimeProvider.System).ForDialling();
        options.ClientCertificateContext = SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPemFile(file, key), null, offline: true);

        await RefusedAsync(_cluster.FirstGateway!, options);
    }

    [Fact]
    public async Task A_client_refuses_a_gateway_of_another_root_or_without_the_server_name()
    {
        await _cluster.StartSiloAsync(certificates.Silo);
        var trusting = new TlsSettings { Authority = certificates.Root.RootFile };

        Assert.Contains("RemoteCertificateNameMismatch", await ClientRefusesAsync(trusting with { ServerName = "elsewhere" }),
            StringComparison.Ordinal);
        Assert.Contains("PartialChain", await ClientRefusesAsync(trusting with { Authority = certificates.Other.RootFile }),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hanging_handshake_is_cut_off_by_the_time_limit()
    {
        var limit = TimeSpan.FromSeconds(2);
        await _cluster.StartSiloAsync(certificates.Silo, limit);
        using var hanging = new TcpClient();
        await hanging.ConnectAsync(_cluster.FirstGateway!, Cancellation);

        Assert.True(await EndsAsync(hanging.GetStream()));

        Assert.Contains("no handshake within 2 s", await _cluster.LoggedAsync("The inbound TLS handshake with"), StringComparison.Ordinal);
        await CallAsync(certificates.Client);
    }

    [Fact]
    public async Task A_silo_stops_at_once_while_a_handshake_hangs()
    {
        var cluster = new SecuredCluster();
        await cluster.StartSiloAsync(certificates.Silo, TimeSpan.FromHours(1));
        using var hanging = new TcpClient();
        await hanging.ConnectAsync(cluster.FirstGateway!, Cancellation);

        await cluster.DisposeAsync().AsTask().WaitAsync(Patience, Cancellation);
    }

    private async Task CallAsync(TlsSettings tls)
    {
        // A client that cannot get in dials on for ever.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        var grains = await _cluster.ConnectAsync(tls, patience.Token);
        var sent = RandomNumberGenerator.GetBytes(3_000_000);
        Assert.Equal(sent, await grains.GetGrain<IEchoGrain>(-1).EchoAsync(sent));
    }

    private Task RefusedAtTheSiloPortAsync(TlsSettings tls) =>
        RefusedAsync(_cluster.FirstSilo!, TlsCredentials.ForClient(tls, TimeProvider.System).ForDialling());

    /// <summary>With TLS 1.3 the dialling end may think that the handshake went well; then the connection ends.</summary>
    private async Task RefusedAsync(IPEndPoint port, SslClientAuthenticationOptions options)
    {
        using var dialling = new TcpClient();
        await dialling.ConnectAsync(port, Cancellation);
        await using var tls = new SslStream(dialling.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(options, Cancellation);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await _cluster.LoggedAsync("The inbound TLS handshake with");
            return;
        }
        await _cluster.LoggedAsync("The inbound TLS handshake with");
        Assert.True(await EndsAsync(tls));
    }

    private async Task<string> ClientRefusesAsync(TlsSettings settings)
    {
        using var dialling = new TcpClient();
        await dialling.ConnectAsync(_cluster.FirstGateway!, Cancellation);
        await using var tls = new SslStream(dialling.GetStream());
        var options = TlsCredentials.ForClient(settings, TimeProvider.System).ForDialling();
        return (await Assert.ThrowsAsync<AuthenticationException>(() => tls.AuthenticateAsClientAsync(options, Cancellation))).Message;
    }

    private static async Task<bool> EndsAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], Cancellation).AsTask().WaitAsync(Patience, Cancellation) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private sealed class PastTime(TimeSpan ago) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - ago;
    }
}
