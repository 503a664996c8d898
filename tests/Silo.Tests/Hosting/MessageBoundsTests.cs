using AdaptCluster.Connections;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Silo.Tests.Security;
using AdaptCluster.Silo.Tests.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace AdaptCluster.Silo.Tests.Hosting;

/// <summary>The bounds of messages, between a real silo and clients by its gateway.</summary>
public sealed class MessageBoundsTests
{
    [Fact]
    public async Task The_largest_report_passes_a_gateway_and_a_message_over_the_bound_is_lost_alone()
    {
        await using var silo = await ScriptedSilo.StartAsync(_ => { });
        using var client = await ConnectAsync(silo.GatewayPort, GrainMessages.ResponseTimeout);
        using var hasty = await ConnectAsync(silo.GatewayPort, TimeSpan.FromSeconds(3));

        Assert.Equal(GrainMessages.MaxReportBytes, (await Echo(client).EchoAsync(new byte[GrainMessages.MaxReportBytes])).LongLength);
        // Orleans drops it without a word to its caller, which is why reports are bounded before they are sent.
        await Assert.ThrowsAsync<TimeoutException>(() => Echo(hasty).EchoAsync(new byte[GrainMessages.MaxBytes + 1]));
        Assert.Equal(3, (await Echo(client).EchoAsync(new byte[3])).Length);

        foreach (var host in (IHost[])[client, hasty]) await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IEchoGrain Echo(IHost client) => client.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(1);

    private static async Task<IHost> ConnectAsync(int gatewayPort, TimeSpan patience)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client =>
        {
            ClusterJoin.ConfigureLocal(client, gatewayPort);
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = patience);
        });
        var client = builder.Build();
        await client.StartAsync(TestContext.Current.CancellationToken);
        return client;
    }
}
