using System.Net;
using AdaptCluster.Silo.Http;

namespace AdaptCluster.Silo.Tests.Http;

/// <summary>Every interface means those of IPv4 and of IPv6, as pods of either kind of cluster need.</summary>
public sealed class DualStackTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task A_silo_that_listens_on_every_interface_answers_on_both_loopback_addresses(string address)
    {
        await using var silo = await HttpSilo.StartAsync(new HttpSettings
        {
            Port = 0,
            Address = IPAddress.Parse(address),
            Token = "0123456789abcdef",
        });
        using var client = new HttpClient();
        foreach (var loopback in (string[])["127.0.0.1", "[::1]"])
        {
            foreach (var port in (int[])[silo.Address.Port, silo.Probes.Port])
            {
                using var live = await client.GetAsync(new Uri($"http://{loopback}:{port}/health/live"),
                    TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.OK, live.StatusCode);
            }
        }
    }
}
