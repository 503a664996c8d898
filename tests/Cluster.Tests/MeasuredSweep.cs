using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace AdaptCluster.Cluster.Tests;

/// <summary>
/// A small sweep, and then a wider one that it answers half of, on a control silo and one that trains, with a token. Run once for all tests
/// of a class.
/// </summary>
public sealed class MeasuredSweep : IAsyncDisposable
{
    public const string Token = "the-token-of-the-tests-0123456789", Control = "control", Gpu = "gpu-1";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly HttpClient _client = new();
    private readonly TraceCollector _collector = new();
    private TestCluster? _cluster;
    private Task? _run;

    /// <summary>What both silos showed while the first sweep trained, when it had ended, and at the end of all.</summary>
    internal List<PrometheusText> Meanwhile { get; } = [];

    internal Dictionary<string, PrometheusText> AfterFirst { get; } = [];

    internal Dictionary<string, PrometheusText> AtTheEnd { get; } = [];

    public string First { get; private set; } = "";

    public string Wider { get; private set; } = "";

    /// <summary>The first sweep's table, as the command prints it.</summary>
    public JsonNode Results { get; private set; } = null!;

    internal TestCluster Cluster => _cluster!;

    /// <summary>Whether the collector was sent the header that OTEL_EXPORTER_OTLP_HEADERS names.</summary>
    internal bool CollectorHeaders => _collector.AllAuthorized;

    /// <summary>The spans of all attempts and of their epochs.</summary>
    internal async Task<TraceCollector.Span[]> SpansAsync()
    {
        var expected = await Cluster.CountAsync("SELECT (SELECT count(*) FROM attempts) + (SELECT count(*) FROM epochs)");
        for (var started = TimeProvider.System.GetTimestamp(); ; await Task.Delay(100))
        {
            var spans = _collector.Spans;
            var byId = spans.Select(span => span.Id).ToHashSet();
            if (spans.Count(span => span.Name is "job" or "epoch") >= expected
                && spans.All(span => span.Parent.Length == 0 || byId.Contains(span.Parent))) return spans;
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
                throw new TimeoutException(
                    $"{string.Join(", ", spans.CountBy(span => span.Name))}; {expected} jobs and epochs expected\n{Cluster.Logs()}");
        }
    }

    public Task RunAsync(PostgresServer server) => _run ??= RunOnceAsync(server);

    private async Task RunOnceAsync(PostgresServer server)
    {
        _cluster = await TestCluster.CreateAsync(server);
        Configure(_cluster, _collector.Endpoint);
        await Task.WhenAll(_cluster.StartAsync(Control, "control"), _cluster.StartAsync(Gpu, "gpu"));
        First = await _cluster.SubmitAsync(TemporaryHome.SmallSpec);
        for (var started = TimeProvider.System.GetTimestamp(); await _cluster.CountAsync(
            "SELECT count(*) FROM jobs WHERE state <> 2") > 0; await Task.Delay(400))
        {
            foreach (var silo in (string[])[Control, Gpu]) Meanwhile.Add(await ScrapeAsync(silo));
            if (TimeProvider.System.GetElapsedTime(started) > Limit) throw new TimeoutException(_cluster.Logs());
        }
        // The table is shown some seconds after a result has come, and the leases end after their last one.
        await SettleAsync(First, AfterFirst);
        Results = (await _cluster.RunAsync("results", First, "--json")).Json;
        Wider = await _cluster.SubmitAsync(TemporaryHome.SmallSpec.Replace("[24, 12]", "[24, 18]", StringComparison.Ordinal)
            .Replace("[12, 24]", "[18, 24]", StringComparison.Ordinal));
        await _cluster.WaitForCountAsync($"SELECT count(*) FROM sweeps WHERE id = '{Wider}' AND state = 1", 1, Limit);
        await SettleAsync(Wider, AtTheEnd);
    }

    /// <summary>Asks a silo as a caller does that shows a token, or none.</summary>
    public async Task<HttpResponseMessage> GetAsync(string silo, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Cluster.Http(silo), path));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        _client.Dispose();
        _collector.Dispose();
    }

    private static void Configure(TestCluster cluster, Uri collector)
    {
        cluster.Set("ADAPTCLUSTER_OTLP__ENDPOINT", collector.ToString());
        cluster.Set("ADAPTCLUSTER_OTLP__PROTOCOL", "http/protobuf");
        cluster.Set("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=tests");
        cluster.Set("OTEL_BSP_SCHEDULE_DELAY", "500");
        cluster.Set("ADAPTCLUSTER_HTTP__TOKEN", Token);
        // What an image for web programs sets; a silo listens only where its own settings say.
        cluster.Set("ASPNETCORE_URLS", "http://0.0.0.0:1");
        cluster.Set("ASPNETCORE_HTTP_PORTS", "2");
    }

    private async Task<PrometheusText> ScrapeAsync(string silo)
    {
        using var answer = await GetAsync(silo, "/metrics", Token);
        return PrometheusText.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
    }

    private async Task SettleAsync(string sweep, Dictionary<string, PrometheusText> scrapes)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ; await Task.Delay(400))
        {
            foreach (var silo in (string[])[Control, Gpu]) scrapes[silo] = await ScrapeAsync(silo);
            var (control, gpu) = (scrapes[Control], scrapes[Gpu]);
            var cells = control.Samples.Count(sample => sample.Name == "adaptcluster_cell_test_accuracy_ratio"
                && sample.Labels["sweep"] == sweep);
            if (cells == 8 && control.Sum("adaptcluster_queue_leases") == 0 && gpu.Sum("adaptcluster_lanes_in_use") == 0) return;
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
                throw new TimeoutException($"{cells} cells of {sweep}\n{Cluster.Logs()}");
        }
    }
}
