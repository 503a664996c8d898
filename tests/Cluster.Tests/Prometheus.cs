using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace AdaptCluster.Cluster.Tests;

/// <summary>
/// The real server, where it is on the path, on a free loopback port. It asks for OpenMetrics, whose names are made by other rules than the
/// text format's.
/// </summary>
internal sealed class Prometheus : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-prometheus-").FullName;
    private readonly HttpClient _client = new();
    private Process? _process;

    /// <summary>Starts it on silos, one scrape a second.</summary>
    public static Task<Prometheus> StartAsync(string token, params Uri[] silos) => StartAsync(token, silos, []);

    /// <summary>Starts it on silos and other exporters, one scrape a second.</summary>
    public static async Task<Prometheus> StartAsync(string token, Uri[] silos, Uri[] others)
    {
        var program = Programs.Find("prometheus");
        Assert.SkipWhen(program is null, "There is no 'prometheus' on the path; Debian's package of that name has it.");
        var prometheus = new Prometheus();
        var config = Path.Combine(prometheus._folder, "prometheus.yml");
        await File.WriteAllTextAsync(config, $$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - job_name: adaptcluster-silos
                authorization: { credentials: "{{token}}" }
                static_configs: [ { targets: [ {{Targets(silos)}} ], labels: { namespace: lab, pod: adaptcluster-gpu-1 } } ]
              - job_name: others
                honor_labels: true
                static_configs: [ { targets: [ {{Targets(others)}} ] } ]
            """);
        var port = FreePort.Find();
        prometheus._client.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        prometheus._process = Process.Start(new ProcessStartInfo(
            program!, [$"--config.file={config}", $"--storage.tsdb.path={prometheus._folder}/data",
            $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]));
        try
        {
            await prometheus.WaitAsync(silos.Length + others.Length);
            return prometheus;
        }
        catch
        {
            prometheus.Dispose();
            throw;
        }
    }

    private static string Targets(Uri[] exporters) => string.Join(", ", exporters.Select(exporter => $"\"{exporter.Authority}\""));

    /// <summary>What the API answers, errors of a query too.</summary>
    public async Task<JsonNode> AskAsync(string path, string parameter, string value)
    {
        using var answer = await _client.GetAsync(
            new Uri($"/api/v1/{path}?{Uri.EscapeDataString(parameter)}={Uri.EscapeDataString(value)}", UriKind.Relative));
        // While it starts; other errors come as JSON.
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    /// <summary>The one value of a query; null for none.</summary>
    public async Task<double?> QueryAsync(string query)
    {
        var answer = await AskAsync("query", "query", query);
        return (string?)answer["data"]!["result"]!.AsArray().SingleOrDefault()?["value"]![1] is { } value
            ? double.Parse(value, CultureInfo.InvariantCulture) : null;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false }) _process.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitAsync(int silos)
    {
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(100))
        {
            try
            {
                if (await QueryAsync("sum(up)") == silos) return;
            }
            catch (HttpRequestException)
            {
                // It has not started yet.
            }
            if (Stopwatch.GetElapsedTime(started) > Patience) throw new TimeoutException("Prometheus did not read every silo.");
        }
    }
}
