using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s.Models;

[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace AdaptCluster.Deploy.Tests;

/// <summary>Silos as the chart would start them: its command lines and its variables, as processes on loopback addresses.</summary>
public sealed class ChartSilosTests(PostgresServer server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_release_migrates_forms_a_cluster_passes_its_probes_runs_a_sweep_and_drains_inside_its_grace_period()
    {
        var database = await server.CreateDatabaseAsync();
        var release = Manifests.Read(CheckTools.Render(ChartTests.Values("trial-cpu-values.yaml")));
        using var home = new TemporaryHome();
        // Ports for each silo, where pods have one address each.
        var (http, health) = (new Dictionary<string, int> { ["control"] = FreePort.Find(), ["cpu"] = FreePort.Find() },
            new Dictionary<string, int>
            {
                ["control"] = FreePort.Find(),
                ["cpu"] = FreePort.Find(),
            });
        var (migration, control, pool) = (release.Of<V1Job>().Single().Spec.Template.Spec, Pod(release, "rel-adaptcluster-control"),
            Pod(release, "rel-adaptcluster-cpu"));

        var files = Certificates(home, release);

        var migrated = await Start(home, migration, database, "migrate", "127.0.0.1", [], []).EndAsync();
        Assert.True(migrated.Code == 0, migrated.Error);
        using var controlSilo = Start(home, control, database, "control", "127.0.0.2", http, health);
        using var poolSilo = Start(home, pool, database, "cpu", "127.0.0.3", http, health);
        using var client = new HttpClient();
        foreach (var (name, pod) in ((string, V1PodSpec)[])[("control", control), ("cpu", pool)])
        {
            var container = pod.Containers.Single();
            foreach (var probe in (V1Probe[])[container.StartupProbe, container.ReadinessProbe, container.LivenessProbe])
                await PassesAsync(client, health[name], probe.HttpGet.Path, name == "control" ? controlSilo : poolSilo);
            using var metrics = await client.GetAsync(new Uri($"http://127.0.0.1:{http[name]}/metrics"),
                TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
            using var rest = await client.GetAsync(new Uri($"http://127.0.0.1:{http[name]}/"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, rest.StatusCode);
        }

        home.Environment["ADAPTCLUSTER_CLUSTER"] = "127.0.0.2:30000";
        var stranger = await SweepProcess.RunAsync(home, "list");
        Assert.NotEqual(0, stranger.Code);
        foreach (var (variable, file) in ((string, string)[])[("CERTIFICATE", "tls.crt"), ("KEY", "tls.key"), ("AUTHORITY", "ca.crt")])
            home.Environment[$"ADAPTCLUSTER_TLS__{variable}"] = Path.Combine(files["rel-adaptcluster-tls-client"], file);
        home.Environment["ADAPTCLUSTER_CLUSTER__ID"] = home.Environment["ADAPTCLUSTER_CLUSTER__SERVICEID"] = "rel";
        var run = await SweepProcess.RunAsync(home, "submit", home.Write("spec.json", TemporaryHome.SmallSpec), "--watch");
        Assert.True(run.Code == 0, run.Error + controlSilo.Error + poolSilo.Error);
        Assert.Equal("completed", (string?)JsonNode.Parse(
            (await SweepProcess.RunAsync(home, "results", "latest", "--json")).Output)!["state"]);

        // A drain in the middle of work: what the pool's silo hands back, the control silo hears.
        var longer = TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 2000", StringComparison.Ordinal);
        Assert.Equal(0, (await SweepProcess.RunAsync(home, "submit", home.Write("longer.json", longer))).Code);
        await ShowsAsync(client, http["cpu"], "adaptcluster_lanes_in_use", poolSilo);
        foreach (var (silo, pod) in ((SweepProcess, V1PodSpec)[])[(poolSilo, pool), (controlSilo, control)])
        {
            var started = Stopwatch.GetTimestamp();
            await silo.SignalAsync("TERM");
            var ended = await silo.EndAsync();
            Assert.Equal(0, ended.Code);
            Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds < pod.TerminationGracePeriodSeconds,
                $"took {Stopwatch.GetElapsedTime(started)}: {ended.Error}");
            if (silo == poolSilo)
                await ShowsAsync(client, http["control"], "adaptcluster_attempts_total.*outcome=\"returned\"", controlSilo);
        }
    }

    /// <summary>The certificates that the release makes, as the kubelet would mount them: a folder for each Secret.</summary>
    private static Dictionary<string, string> Certificates(TemporaryHome home, Manifests release)
    {
        var folders = new Dictionary<string, string>();
        foreach (var secret in release.Of<V1Secret>().Where(secret => secret.Type == "kubernetes.io/tls"))
        {
            folders[secret.Metadata.Name] = Directory.CreateDirectory(Path.Combine(home.Folder, secret.Metadata.Name)).FullName;
            foreach (var (file, text) in secret.StringData) File.WriteAllText(Path.Combine(folders[secret.Metadata.Name], file), text);
        }
        Assert.Equal(2, folders.Count);
        return folders;
    }

    private static V1PodSpec Pod(Manifests release, string deployment) =>
        release.Of<V1Deployment>().Single(d => d.Metadata.Name == deployment).Spec.Template.Spec;

    /// <summary>Starts a pod's container as the kubelet would, but for the image, the address and what a volume would hold.</summary>
    private static SweepProcess Start(TemporaryHome home, V1PodSpec pod, string database, string name, string address,
        Dictionary<string, int> http, Dictionary<string, int> health)
    {
        var container = pod.Containers.Single();
        var before = home.Environment.ToList();
        home.Environment.Clear();
        foreach (var variable in container.Env ?? [])
        {
            home.Environment[variable.Name] = variable switch
            {
                { Name: "ADAPTCLUSTER_HTTP__PORT" } => $"{http[name]}",
                { Name: "ADAPTCLUSTER_HTTP__HEALTHPORT" } => $"{health[name]}",
                { Name: "ADAPTCLUSTER_MODELS" } => Repository.At("models"),
                { Name: "ADAPTCLUSTER_DATA" or "HOME" } => home.Folder,
                { Value: { } file } when file.StartsWith("/tls/", StringComparison.Ordinal) =>
                    Path.Combine(home.Folder, pod.Volumes.Single(volume => volume.Name == "tls").Secret.SecretName, Path.GetFileName(file)),
                // All silos share the loopback interface, so none may take every address.
                { Name: "ADAPTCLUSTER_CLUSTER__LISTENONANYADDRESS" } => "false",
                { ValueFrom.FieldRef.FieldPath: "metadata.name" } => name,
                { ValueFrom.FieldRef.FieldPath: "status.podIP" } => address,
                { ValueFrom.SecretKeyRef.Name: "rel-adaptcluster-store" } => database,
                { ValueFrom.SecretKeyRef.Name: "rel-adaptcluster-http" } => "only-for-a-trial-0000",
                _ => variable.Value,
            };
        }
        home.Environment["ADAPTCLUSTER_HOME"] = Path.Combine(home.Folder, name);
        var process = SweepProcess.Start(home, [.. container.Args]);
        home.Environment.Clear();
        foreach (var (key, value) in before) home.Environment[key] = value;
        return process;
    }

    /// <summary>Waits until a metric is above 0.</summary>
    private static async Task ShowsAsync(HttpClient client, int port, string series, SweepProcess silo)
    {
        var started = Stopwatch.GetTimestamp();
        while (!Regex.IsMatch(await client.GetStringAsync(
            new Uri($"http://127.0.0.1:{port}/metrics"), TestContext.Current.CancellationToken), $"(?m)^{series}.*\\}} [1-9]"))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit && !silo.HasExited, $"{series}: {silo.Error}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static async Task PassesAsync(HttpClient client, int port, string path, SweepProcess silo)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"), TestContext.Current.CancellationToken);
                if (answer.StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit && !silo.HasExited, $"{path}: {silo.Error}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
