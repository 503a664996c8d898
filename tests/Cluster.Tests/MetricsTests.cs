using System.Net;

namespace AdaptCluster.Cluster.Tests;

/// <summary>What two real silos show of a small sweep at /metrics.</summary>
public sealed partial class MetricsTests(PostgresServer server, MeasuredSweep measured) : IClassFixture<MeasuredSweep>, IAsyncLifetime
{
    private static readonly string[] OnTheControlSilo =
    [
        "adaptcluster_jobs", "adaptcluster_queue_depth", "adaptcluster_queue_leasable", "adaptcluster_queue_oldest_age_seconds",
        "adaptcluster_queue_leases", "adaptcluster_quarantined_silos",
        "adaptcluster_leases_granted_total", "adaptcluster_leases_expired_total", "adaptcluster_leases_returned_total",
        "adaptcluster_attempts_total", "adaptcluster_reports_refused_total",
        "adaptcluster_cache_hits_total", "adaptcluster_sweep_progress_ratio", "adaptcluster_cell_validation_accuracy_ratio",
        "adaptcluster_cell_test_accuracy_ratio", "adaptcluster_metrics_series_left_out",
    ];

    private static readonly string[] OnTheGpuSilo =
    [
        "adaptcluster_iterations_total", "adaptcluster_images_total", "adaptcluster_step_duration_seconds", "adaptcluster_lanes_in_use",
        "adaptcluster_workers", "adaptcluster_progress_total",
        "adaptcluster_checkpoint_duration_seconds", "adaptcluster_checkpoint_written_bytes_total",
    ];

    private static readonly string[] Everywhere =
        ["adaptcluster_device_memory_usage_bytes", "adaptcluster_device_memory_limit_bytes", "target_info", "orleans_system_targets",
            "dotnet_gc_collections_total", "http_server_request_duration_seconds"];

    public async ValueTask InitializeAsync() => await measured.RunAsync(server);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void Every_instrument_is_there_on_the_silo_that_knows_it_and_on_no_other()
    {
        var (control, gpu) = (measured.AfterFirst[MeasuredSweep.Control], measured.AfterFirst[MeasuredSweep.Gpu]);

        Assert.Empty(OnTheControlSilo.Concat(Everywhere).Except(control.Families.Keys));
        Assert.Empty(OnTheGpuSilo.Concat(Everywhere).Except(gpu.Families.Keys));
        Assert.DoesNotContain(OnTheControlSilo, gpu.Families.ContainsKey);
        Assert.DoesNotContain(OnTheGpuSilo, control.Families.ContainsKey);
        Assert.Empty(gpu.Families.Keys.Concat(control.Families.Keys)
            .Where(name => name.StartsWith("adaptcluster_", StringComparison.Ordinal))
            .Except([.. OnTheControlSilo, .. OnTheGpuSilo, .. Everywhere, "adaptcluster_sweep_eta_seconds"]));
    }

    [Fact]
    public void The_page_on_metrics_lists_all_of_them_with_their_types_and_labels()
    {
        var scraped = measured.AtTheEnd.Values.Concat(measured.Meanwhile).ToArray();
        var types = scraped.SelectMany(scrape => scrape.Families)
            .Where(family => family.Key.StartsWith("adaptcluster_", StringComparison.Ordinal)).Distinct().ToDictionary();
        string[] Labels(string family) =>
            [.. scraped.SelectMany(scrape => scrape.Samples).Where(sample => sample.Name == family || sample.Name == $"{family}_count")
                .SelectMany(sample => sample.Labels.Keys).Distinct().Order(StringComparer.Ordinal)];

        // | `name` | type | `label`, `label` | ...
        var rows = File.ReadLines(Repository.At("docs", "operators", "metrics.md"))
            .Where(line => line.StartsWith("| `adaptcluster_", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToArray();
        Assert.Equal(types.Keys.Append("adaptcluster_sweep_eta_seconds").Distinct().Order(StringComparer.Ordinal),
            rows.Select(row => row[1].Trim('`')).Order(StringComparer.Ordinal));
        foreach (var row in rows.Where(row => types.ContainsKey(row[1].Trim('`'))))
        {
            var labels = row[3].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(label => label.Trim('`')).Order(StringComparer.Ordinal);
            Assert.Equal((row[1], row[2], string.Join(',', labels)),
                (row[1], types[row[1].Trim('`')], string.Join(',', Labels(row[1].Trim('`')))));
        }
    }

    [Fact]
    public async Task The_counters_are_the_stores_numbers()
    {
        var (control, gpu) = (measured.AtTheEnd[MeasuredSweep.Control], measured.AtTheEnd[MeasuredSweep.Gpu]);

        foreach (var (outcome, number) in (IEnumerable<(string, int)>)[("completed", 1), ("failed", 2), ("returned", 3), ("lost", 4)])
            Assert.Equal(await measured.Cluster.CountAsync($"SELECT count(*) FROM attempts WHERE outcome = {number}"),
                control.Sum("adaptcluster_attempts_total", ("outcome", outcome)));
        Assert.Equal(await measured.Cluster.CountAsync("SELECT count(*) FROM jobs WHERE cached_from IS NOT NULL"),
            control.Sum("adaptcluster_cache_hits_total"));
        Assert.Equal(await measured.Cluster.CountAsync("SELECT count(*) FROM epochs"), gpu.Sum("adaptcluster_step_duration_seconds_count"));
        Assert.Equal(await measured.Cluster.CountAsync("SELECT count(*) FROM epochs"),
            gpu.Sum("adaptcluster_checkpoint_duration_seconds_count"));
        Assert.Equal(await measured.Cluster.CountAsync("SELECT sum(test_total + validation_total) FROM jobs WHERE cached_from IS NULL"),
            gpu.Sum("adaptcluster_images_total", ("phase", "evaluate")));
        Assert.Equal(await measured.Cluster.CountAsync(
            "SELECT sum((g->>'iterations')::bigint) * 2 FROM sweeps, json_array_elements(plan_json::json->'groups') g WHERE id = "
            + $"'{measured.First}'"), measured.AfterFirst[MeasuredSweep.Gpu].Sum("adaptcluster_iterations_total"));
        // Batches of four.
        Assert.Equal(4 * gpu.Sum("adaptcluster_iterations_total"), gpu.Sum("adaptcluster_images_total", ("phase", "train")));
        Assert.Equal(control.Sum("adaptcluster_leases_granted_total"), control.Sum("adaptcluster_leases_returned_total")
            + control.Sum("adaptcluster_leases_expired_total"));
        Assert.True(gpu.Sum("adaptcluster_checkpoint_written_bytes_total") > 0);
    }

    [Fact]
    public async Task The_gauges_are_the_stores_numbers()
    {
        var control = measured.AfterFirst[MeasuredSweep.Control];

        Assert.Equal(await measured.Cluster.CountAsync($"SELECT count(*) FROM jobs WHERE sweep_id = '{measured.First}'"),
            control.Sum("adaptcluster_jobs", ("sweep", measured.First), ("state", "completed")));
        Assert.Equal(0, control.Sum("adaptcluster_jobs", ("state", "queued")) + control.Sum("adaptcluster_jobs", ("state", "running")));
        Assert.Equal(1, control.Sum("adaptcluster_sweep_progress_ratio", ("sweep", measured.First)));
        Assert.Equal(0, control.Sum("adaptcluster_queue_depth"));
        Assert.Equal(0, control.Sum("adaptcluster_queue_leasable"));
        var meanwhile = measured.Meanwhile;
        // Jobs that end together are evaluated together, so how many are in use at a time depends on the pack.
        var jobs = await measured.Cluster.CountAsync($"SELECT count(*) FROM jobs WHERE sweep_id = '{measured.First}'");
        Assert.Contains(meanwhile, scrape => scrape.Sum("adaptcluster_lanes_in_use") > 0);
        Assert.DoesNotContain(meanwhile, scrape => scrape.Sum("adaptcluster_lanes_in_use") > jobs);
        Assert.Equal(0, measured.AfterFirst[MeasuredSweep.Gpu].Sum("adaptcluster_lanes_in_use"));
        Assert.Contains(meanwhile, scrape => scrape.Sum("adaptcluster_queue_leases") == 1);
        Assert.Contains(meanwhile, scrape => scrape.Sum("adaptcluster_jobs", ("state", "running")) > 0);
        Assert.Contains(meanwhile, scrape => scrape.Sum("adaptcluster_sweep_progress_ratio") is > 0 and < 1);
    }

    [Fact]
    public void The_cells_are_the_table()
    {
        var shown = measured.AfterFirst[MeasuredSweep.Control]
            .Samples.Where(sample => sample.Name == "adaptcluster_cell_test_accuracy_ratio")
            .ToDictionary(sample => (sample.Labels["arm"], sample.Labels["dataset"]), sample => sample.Value);

        var table = measured.Results["rows"]!.AsArray()
            .SelectMany(row =>
            row!["cells"]!.AsObject().Select(cell => ((string)row["label"]!, cell.Key, (double)cell.Value!["test"]!["mean"]!))).ToArray();
        Assert.Equal(8, table.Length);
        foreach (var (arm, dataset, percent) in table) Assert.Equal(percent / 100, shown[(arm, dataset)], 12);
    }

    [Fact]
    public async Task No_label_names_a_job_a_lease_or_an_attempt()
    {
        var labels = measured.AtTheEnd.Values.SelectMany(scrape => scrape.Samples).Where(
            sample => sample.Name.StartsWith("adaptcluster_", StringComparison.Ordinal)).SelectMany(sample => sample.Labels).ToArray();
        Assert.Empty(labels.Select(label => label.Key)
            .Except(["pool", "sweep", "state", "outcome", "arm", "dataset", "method", "phase", "device", "le"]));

        var samples = measured.AtTheEnd.Values.SelectMany(scrape => scrape.Samples).ToArray();
        var texts = samples.SelectMany(sample => sample.Labels.Values).ToHashSet();
        var jobs = (await measured.Cluster.TextAsync("SELECT string_agg(DISTINCT job_id, ' ') FROM jobs")).Split(' ');
        Assert.Equal(16, jobs.Length);
        Assert.All(jobs, job => Assert.DoesNotContain(texts, text => text.Contains(job, StringComparison.Ordinal)));
        // Counters outlive sweeps, so these are no label of theirs either.
        Assert.DoesNotContain(samples, sample => sample.Name.EndsWith("_total", StringComparison.Ordinal)
            && sample.Labels.ContainsValue(measured.First));
    }

    [Theory]
    [InlineData(MeasuredSweep.Control)]
    [InlineData(MeasuredSweep.Gpu)]
    public async Task The_token_opens_and_anything_else_gets_nothing(string silo)
    {
        foreach (var token in (string?[])[null, "wrong", MeasuredSweep.Token[..^1], MeasuredSweep.Token + "0"])
        {
            using var refused = await measured.GetAsync(silo, "/metrics", token);
            Assert.Equal((HttpStatusCode.Unauthorized, ""),
                (refused.StatusCode, await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        }
        using var ready = await measured.GetAsync(silo, "/health/ready", null);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.DoesNotContain(MeasuredSweep.Token, measured.Cluster.Logs(), StringComparison.Ordinal);
        // Settings for other web servers open no further port.
        Assert.All((int[])[1, 2], port =>
            Assert.Throws<System.Net.Sockets.SocketException>(() => new System.Net.Sockets.TcpClient("127.0.0.1", port)));
    }

    [Fact]
    public async Task A_real_Prometheus_reads_the_same_numbers()
    {
        using var prometheus = await Prometheus.StartAsync(MeasuredSweep.Token, measured.Cluster.Http(MeasuredSweep.Control),
            measured.Cluster.Http(MeasuredSweep.Gpu));

        Assert.Equal(measured.AtTheEnd[MeasuredSweep.Control].Sum("adaptcluster_attempts_total", ("outcome", "completed")),
            await prometheus.QueryAsync("sum(adaptcluster_attempts_total{outcome=\"completed\"})"));
        Assert.Equal(measured.AtTheEnd[MeasuredSweep.Gpu].Sum("adaptcluster_checkpoint_written_bytes_total"),
            await prometheus.QueryAsync("sum(adaptcluster_checkpoint_written_bytes_total)"));
        Assert.Equal(measured.AtTheEnd[MeasuredSweep.Gpu].Sum("adaptcluster_step_duration_seconds_count"),
            await prometheus.QueryAsync("sum(adaptcluster_step_duration_seconds_bucket{le=\"+Inf\"})"));
        Assert.Equal(16, await prometheus.QueryAsync("count(adaptcluster_cell_test_accuracy_ratio)"));
    }
}
