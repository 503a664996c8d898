using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AdaptCluster.Cluster.Tests;

/// <summary>Silos as pods of a cluster without IPv4 have them: with an address of IPv6 alone.</summary>
public sealed class Ipv6Tests(PostgresServer server)
{
    private const string Token = "the-token-of-the-tests-0123456789";

    [Fact]
    public async Task A_silo_with_an_IPv6_address_alone_passes_its_probes_joins_and_serves_a_client()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        var (gateway, health) = (FreePort.Find(), new Dictionary<string, int> { ["control"] = FreePort.Find(), ["gpu"] = FreePort.Find() });
        foreach (var (name, port) in health)
        {
            await cluster.StartAsync(name, name, ("POD_IP", "::1"), ("ADAPTCLUSTER_CLUSTER__LISTENONANYADDRESS", "true"),
                ("ADAPTCLUSTER_CLUSTER__SILOPORT", $"{FreePort.Find()}"), ("ADAPTCLUSTER_CLUSTER__GATEWAYPORT", $"{gateway}"),
                ("ADAPTCLUSTER_HTTP__ADDRESS", "::"), ("ADAPTCLUSTER_HTTP__TOKEN", Token), ("ADAPTCLUSTER_HTTP__HEALTHPORT", $"{port}"));
        }
        using var client = new HttpClient();
        foreach (var port in health.Values)
        {
            foreach (var path in (string[])["live", "ready"])
            {
                using var answer = await client.GetAsync(new Uri($"http://[::1]:{port}/health/{path}"),
                    TestContext.Current.CancellationToken);
                Assert.True(answer.StatusCode == HttpStatusCode.OK,
                    $"{await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken)}");
            }
        }

        cluster.Set("ADAPTCLUSTER_CLUSTER", $"[::1]:{gateway}");
        var doctor = await cluster.RunAsync("doctor", "--cluster", $"[::1]:{gateway}", "--json");
        Assert.True(doctor.Code == 0, doctor.Error + doctor.Output);
        Assert.Equal(2, doctor.Json["silos"]!.AsArray().Count);
        // The address stands for both families: IPv4 is heard too.
        Assert.Equal(0, (await cluster.RunAsync("doctor", "--cluster", $"localhost:{gateway}", "--json")).Code);
    }
}
