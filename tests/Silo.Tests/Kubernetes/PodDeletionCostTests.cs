using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Silo.Kubernetes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptCluster.Silo.Tests.Kubernetes;

/// <summary>What a silo writes on its pod, heard by a web server that stands for Kubernetes' API server.</summary>
public sealed class PodDeletionCostTests : IDisposable
{
    private readonly string _account = Directory.CreateTempSubdirectory("adaptcluster-account-").FullName;
    private readonly HttpListener _server = new();
    private readonly Uri _address = new($"http://127.0.0.1:{FreePort.Find()}/");
    private readonly Channel<string> _costs = Channel.CreateUnbounded<string>();
    private volatile HttpStatusCode _answer = HttpStatusCode.OK;

    public PodDeletionCostTests()
    {
        File.WriteAllText(Path.Combine(_account, "token"), "the-token\n");
        _server.Prefixes.Add(_address.ToString());
        _server.Start();
        _ = ServeAsync();
    }

    public void Dispose()
    {
        ((IDisposable)_server).Dispose();
        Directory.Delete(_account, recursive: true);
    }

    [Fact]
    public async Task A_silo_with_jobs_costs_more_than_an_idle_one()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var cost = new PodDeletionCost(new PodSettings(_address, "lab", "silo-7", _account), meters, TimeProvider.System,
            NullLogger<PodDeletionCost>.Instance);
        var lanes = meters.Create(ClusterTelemetry.Name).CreateUpDownCounter<int>("adaptcluster.lanes.in_use");
        // Of another silo in this process.
        using var others = new Meter(ClusterTelemetry.Name);
        others.CreateUpDownCounter<int>("adaptcluster.lanes.in_use").Add(9);

        await cost.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("0", await NextAsync());
        lanes.Add(2);
        Assert.Equal("1", await NextAsync());
        lanes.Add(-1);
        lanes.Add(-1);
        Assert.Equal("0", await NextAsync());
        await cost.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_Kubernetes_refused_is_written_again()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var cost = new PodDeletionCost(new PodSettings(_address, "lab", "silo-7", _account),
            services.GetRequiredService<IMeterFactory>(), TimeProvider.System, NullLogger<PodDeletionCost>.Instance);
        _answer = HttpStatusCode.Forbidden;
        await cost.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("0", await NextAsync());
        _answer = HttpStatusCode.OK;
        Assert.Equal("0", await NextAsync());
        await cost.StopAsync(TestContext.Current.CancellationToken);
    }

    private async Task<string> NextAsync() =>
        await _costs.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1));

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _server.GetContextAsync();
                var request = context.Request;
                using var reader = new StreamReader(request.InputStream);
                var patch = JsonNode.Parse(await reader.ReadToEndAsync())!;
                var right = request is { HttpMethod: "PATCH", RawUrl: "/api/v1/namespaces/lab/pods/silo-7" }
                    && request.ContentType!.StartsWith("application/merge-patch+json", StringComparison.Ordinal)
                    && request.Headers["Authorization"] == "Bearer the-token";
                _costs.Writer.TryWrite(right ? (string)patch["metadata"]!["annotations"]!["controller.kubernetes.io/pod-deletion-cost"]!
                    : $"{request.HttpMethod} {request.RawUrl}");
                context.Response.StatusCode = (int)_answer;
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}
