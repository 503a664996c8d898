using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Headers;
using AdaptCluster.Silo.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AdaptCluster.Silo.Tests.Http;

/// <summary>The gauges of sweeps at /metrics, over more sweeps than any exporter's table has places for.</summary>
[Collection(typeof(AloneCollection))]
public sealed class SweepExpositionTests
{
    private const string Gauge = "adaptcluster_cell_test_accuracy_ratio";
    private const int CellsOfASweep = 110, SweepsAtATime = 20;

    [Fact]
    public async Task Two_thousand_sweeps_in_the_life_of_a_silo_leave_the_newest_in_sight_and_nothing_in_memory()
    {
        var cells = new Cells();
        await using var silo = await StartAsync(cells);
        var (early, late) = (0L, 0L);
        for (var sweep = 1; sweep <= 2000; sweep++)
        {
            cells.Newest = sweep;
            if (sweep % 50 != 0) continue;
            var lines = (await TextAsync(silo)).Split('\n');
            var shown = lines.Where(line => line.StartsWith($"{Gauge}{{", StringComparison.Ordinal)).ToHashSet();
            Assert.Equal(SweepsAtATime * CellsOfASweep, shown.Count);
            var value = Cells.Value(sweep, 7).ToString("R", CultureInfo.InvariantCulture);
            Assert.Contains($$"""{{Gauge}}{sweep="s{{sweep}}",arm="T=7 \"x\\y\"",dataset="set"} {{value}}""", shown);
            Assert.DoesNotContain(lines, line => line.Contains("otel_metric_overflow", StringComparison.Ordinal));
            if (sweep == 500) early = GC.GetTotalMemory(forceFullCollection: true);
            if (sweep == 2000) late = GC.GetTotalMemory(forceFullCollection: true);
        }
        // 1500 sweeps have 165,000 combinations of labels more: a place for each would be above 50 MB.
        Assert.True(late - early < 16 << 20, $"{late - early} bytes more after 2000 sweeps than after 500");
    }

    [Fact]
    public async Task Both_formats_are_whole_and_name_and_type_of_each_gauge_come_once()
    {
        await using var silo = await StartAsync(new Cells { Newest = 1 });

        var (plain, open) = (await TextAsync(silo), await TextAsync(silo, "application/openmetrics-text"));

        Assert.DoesNotContain("# EOF", plain, StringComparison.Ordinal);
        Assert.EndsWith("\n# EOF\n", open, StringComparison.Ordinal);
        Assert.Single(open.Split("# EOF"), part => part.Length == 1);
        foreach (var text in (string[])[plain, open])
        {
            Assert.Contains("# TYPE adaptcluster_sweep_eta_seconds gauge\n", text, StringComparison.Ordinal);
            Assert.Contains("\nadaptcluster_sweep_eta_seconds{sweep=\"s1\"} 30\n", text, StringComparison.Ordinal);
            // What the exporter writes is there too.
            Assert.Contains("\ntarget_info{", text, StringComparison.Ordinal);
            var types = text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).ToArray();
            Assert.Equal(types.Distinct(), types);
        }
        Assert.Contains("# UNIT adaptcluster_sweep_eta_seconds seconds\n", open, StringComparison.Ordinal);
    }

    /// <summary>Prometheus asks for gzip: the exporter's part compressed and the gauges plain behind it could not be read.</summary>
    [Fact]
    public async Task A_scraper_that_takes_gzip_gets_one_text_that_it_can_read()
    {
        await using var silo = await StartAsync(new Cells { Newest = 1 });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));

        using var answer = await silo.Client.SendAsync(request, TestContext.Current.CancellationToken);

        answer.EnsureSuccessStatusCode();
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\ntarget_info{", text, StringComparison.Ordinal);
        Assert.Contains("\nadaptcluster_sweep_eta_seconds{sweep=\"s1\"} 30\n", text, StringComparison.Ordinal);
    }

    private static Task<HttpSilo> StartAsync(Cells cells) => HttpSilo.StartAsync(new HttpSettings { Port = 0 }, services =>
        services.AddSingleton<IHostedService>(provider => cells.Begin(provider.GetRequiredService<IMeterFactory>())));

    private static async Task<string> TextAsync(HttpSilo silo, string? format = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (format is not null) request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse($"{format}; version=1.0.0"));
        using var answer = await silo.Client.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        if (format is not null) Assert.Equal(format, answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The gauges as the grains make them, of the newest sweeps of a long life.</summary>
    private sealed class Cells : IHostedService
    {
        public int Newest { get; set; }

        public static double Value(int sweep, int cell) => (sweep * 7 + cell) % 1000 / 1000.0;

        public Cells Begin(IMeterFactory meters)
        {
            var meter = meters.Create("AdaptCluster");
            meter.CreateObservableGauge("adaptcluster.cell.test.accuracy.ratio", () =>
                from sweep in Enumerable.Range(Newest - SweepsAtATime + 1, SweepsAtATime)
                from cell in Enumerable.Range(0, CellsOfASweep)
                select new Measurement<double>(Value(sweep, cell), new("sweep", $"s{sweep}"), new("arm", $"T={cell} \"x\\y\""),
                    new("dataset", "set")), unit: null, "Accuracy.");
            var label = new KeyValuePair<string, object?>("sweep", "s1");
            meter.CreateObservableGauge("adaptcluster.sweep.eta", () => new Measurement<double>(30, label), "s", "Time.");
            return this;
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
