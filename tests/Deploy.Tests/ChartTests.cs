using System.Text.RegularExpressions;
using k8s.Models;

namespace AdaptCluster.Deploy.Tests;

/// <summary>The chart, rendered by the real helm with each of its ci/ values.</summary>
public sealed class ChartTests
{
    /// <summary>The files of values in ci/.</summary>
    public static TheoryData<string> Linted =>
        [.. Directory.GetFiles(Path.Combine(CheckTools.Chart, "ci")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string, string> Renders
    {
        get
        {
            var renders = new TheoryData<string, string>();
            foreach (var values in Linted)
                foreach (var kubernetes in (string[])["1.30.0", "1.33.0"]) renders.Add(values.Data, kubernetes);
            return renders;
        }
    }

    [Theory]
    [MemberData(nameof(Renders))]
    public void Every_object_is_one_that_Kubernetes_knows_and_fits_the_others(string values, string kubernetes)
    {
        var yaml = CheckTools.Render(Values(values), kubernetes);
        Assert.Empty(CheckTools.SchemaProblems(yaml));
        Assert.Empty(Wiring.Problems(Manifests.Read(yaml), CheckTools.Outside(Values(values))));
    }

    [Theory]
    [MemberData(nameof(Linted))]
    public void The_chart_has_nothing_that_helm_warns_of(string values)
    {
        var lint = CheckTools.Helm("lint", "--strict", CheckTools.Chart, "--values", Values(values));
        Assert.True(lint.Code == 0, lint.Output + lint.Error);
    }

    [Theory]
    [InlineData("pools: {}", "pools: Must have at least 1 properties")]
    [InlineData("pools: { gpu: { replicas: \"2\" } }", "pools.gpu")]
    [InlineData("pools: { gpu: { gpu: 1 } }", "pools.gpu")]
    [InlineData("pools: { GPU: {} }", "Additional property GPU is not allowed")]
    [InlineData("polls: { gpu: {} }", "Additional property polls is not allowed")]
    [InlineData("http: { token: short }", "http.token")]
    [InlineData("fullnameOverride: \"1e3\"", "the name '1e3' begins with no letter, which Services must")]
    [InlineData("control: { terminationGracePeriodSeconds: 45 }", "control.terminationGracePeriodSeconds")]
    [InlineData("pools: { gpu: { terminationGracePeriodSeconds: 40 } }", "pools.gpu")]
    [InlineData("pools: { gpu: { extraEnv: [ { name: A, vaule: b } ] } }", "pools.gpu")]
    [InlineData("control: { extraEnv: [ { name: A, vaule: b } ] }", "control.extraEnv.0: Additional property vaule is not allowed")]
    [InlineData("control: { replicas: 1 }",
        "control.minAvailable: 1 of 1 replicas leave none to evict, so no node could be drained; write at most 0")]
    [InlineData("http: { port: 11111 }", "http.port")]
    [InlineData("http: { healthPort: 30000 }", "http.healthPort")]
    [InlineData("http: { healthPort: 8080 }", "http.healthPort: 8080 is http.port too; write another port")]
    [InlineData("lease: { durationSeconds: 5 }",
        "lease.durationSeconds: 5 s is less than three times the renewal interval of 2 s; write at least 6")]
    [InlineData("defaultPool: gpu\npools: { control: {} }", "pools.control: the control silos have that name")]
    [InlineData("image: { digest: \"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\" }",
        "image.cudaDigest: missing; silos with GPUs and those without have an image each")]
    [InlineData("image: { digest: latest }", "image.digest")]
    [InlineData("pools: { a: {}, b: {} }", "defaultPool: missing; there are several pools (a, b, gpu)")]
    [InlineData("defaultPool: cpu", "defaultPool: found 'cpu'; write one of the pools: gpu")]
    [InlineData("store: { connectionString: \"Host=db\" }", "store: existingSecret and connectionString are both set")]
    [InlineData("store: { existingSecret: \"\" }", "store: missing; name a Secret")]
    [InlineData("http: { existingSecret: \"\" }", "http: missing; name a Secret")]
    [InlineData("tls: { enabled: false }\nnetworkPolicy: { enabled: false }", "tls.enabled and networkPolicy.enabled are both false")]
    [InlineData("tls: { existingSecret: a, certManager: { enabled: true } }", "tls: existingSecret and certManager are both set")]
    [InlineData("image: { repository: \"\" }", "image.repository: missing")]
    [InlineData("pools: { gpu: { gpus: 2 } }", "pools.gpu.gpus: 2; a silo uses one GPU and the others would idle")]
    [InlineData("pools: { gpu: { gpus: 0, resources: { limits: { nvidia.com/mig-1g.10gb: 1 } } } }",
        "pools.gpu.resources.limits: nvidia.com/mig-1g.10gb is a GPU; write gpus: 1 and gpuResource: nvidia.com/mig-1g.10gb")]
    [InlineData("pools: { gpu: { gpus: 0, resourceClaims: [ { name: gpu } ] } }",
        "pools.gpu.resourceClaims: with gpus: 0 the silo would train on the CPU")]
    [InlineData("control: { podLabels: { app.kubernetes.io/name: x } }", "control.podLabels: app.kubernetes.io/name is set by the chart")]
    [InlineData("pools: { gpu: { podLabels: { adaptcluster.io/pool: x } } }",
        "pools.gpu.podLabels: adaptcluster.io/pool is set by the chart")]
    [InlineData("control: { podAnnotations: { checksum/secrets: x } }", "control.podAnnotations: checksum/secrets is set by the chart")]
    [InlineData("control: { extraEnv: [ { name: ADAPTCLUSTER_DEVICE, value: cuda } ] }",
        "control.extraEnv: ADAPTCLUSTER_DEVICE is set by the chart")]
    [InlineData("pools: { gpu: { extraEnv: [ { name: A, value: b }, { name: A, value: c } ] } }",
        "pools.gpu.extraEnv: A is set by the chart or twice")]
    [InlineData("store: { keys: { username: user, password: password } }",
        "store: host is missing; write store.host, or in store.keys.host the key")]
    [InlineData("store: { existingSecret: \"\", connectionString: \"\", host: db }",
        "store: keys, host and the like need existingSecret")]
    [InlineData("http: { existingSecret: \"\", token: only-for-a-trial-0000, readKey: read }",
        "http: secondKey and readKey are keys of a Secret of yours")]
    [InlineData("http: { existingSecret: \"\", token: only-for-a-trial-0000, secondKey: next }",
        "write http.existingSecret, or leave both empty")]
    [InlineData("tls: { existingClientSecret: mine }", "tls.existingClientSecret: 'mine' without tls.existingSecret would be overwritten")]
    [InlineData("tls: { existingClientSecret: mine, certManager: { enabled: true } }",
        "tls.existingClientSecret: 'mine' without tls.existingSecret would be overwritten")]
    [InlineData("http: { openMetrics: maybe }", "http.openMetrics")]
    [InlineData("oidc: { trustUnverifiedEmail: true }", "oidc.authority: missing")]
    [InlineData("oidc: { clientId: x }", "oidc.authority: missing")]
    [InlineData("oidc: { authority: \"https://sso.example\" }", "oidc.clientId: missing")]
    [InlineData("ingress: { enabled: true, host: a.example }",
        "networkPolicy.ingress: missing; write which pods the Ingress or Gateway sends from")]
    [InlineData("ingress: { enabled: true }\nnetworkPolicy: { ingress: [ { podSelector: {} } ] }", "ingress.host: missing")]
    [InlineData("httpRoute: { enabled: true }\nnetworkPolicy: { ingress: [ { podSelector: {} } ] }", "httpRoute.parentRefs: missing")]
    [InlineData("pools: { gpu: { autoscaling: { enabled: true, minReplicas: 5, maxReplicas: 4 } } }",
        "pools.gpu.autoscaling: minReplicas is above maxReplicas")]
    public void Values_that_cannot_be_meant_are_refused_with_their_key(string values, string message)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, values);
            // An empty map leaves those of an earlier file as they are.
            string[] minimal = values == "pools: {}" ? [] : ["--values", Values("minimal-values.yaml")];
            var refused = CheckTools.Helm(["template", "rel", CheckTools.Chart, "--kube-version", "1.33.0", .. minimal, "--values", file]);
            Assert.NotEqual(0, refused.Code);
            Assert.Contains(message, refused.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_image_of_pools_with_GPUs_may_be_named_in_full()
    {
        const string image = "registry.example/adaptcluster:0.1.0-pytorch";
        var named = CheckTools.Helm("template", "rel", CheckTools.Chart, "--kube-version", "1.33.0",
            "--values", Values("gpu-pools-values.yaml"), "--set", $"image.cuda={image}");
        var containers = Manifests.Read(named.Output).Workloads.Select(workload => workload.Pod.Containers.Single()).ToArray();
        Assert.All(containers, container =>
            Assert.Equal(container.Resources?.Limits?.ContainsKey("nvidia.com/gpu") is true, container.Image == image));
        Assert.Contains(containers, container => container.Image == image);
        Assert.Contains(containers, container => container.Image != image);
    }

    [Fact]
    public void An_older_Kubernetes_is_refused()
    {
        var refused = CheckTools.Helm("template", "rel", CheckTools.Chart, "--values", Values("minimal-values.yaml"),
            "--kube-version", "1.29.0");
        Assert.Contains("incompatible with Kubernetes v1.29.0", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_Prometheus_operator_no_object_of_it_is_rendered()
    {
        var bare = CheckTools.Helm("template", "rel", CheckTools.Chart, "--values", Values("gpu-pools-values.yaml"),
            "--kube-version", "1.33.0");
        Assert.DoesNotContain("monitoring.coreos.com", bare.Output, StringComparison.Ordinal);
        Assert.Contains("monitoring.coreos.com", CheckTools.Render(Values("gpu-pools-values.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void Dashboards_reach_the_cluster_as_the_very_files()
    {
        var release = Manifests.Read(CheckTools.Render(Values("everything-values.yaml")));
        foreach (var file in Directory.GetFiles(Path.Combine(CheckTools.Chart, "dashboards"), "*.json"))
        {
            var map = release.Of<V1ConfigMap>().Single(map => map.Data.ContainsKey(Path.GetFileName(file)));
            Assert.Equal(File.ReadAllText(file).Trim(), map.Data[Path.GetFileName(file)].Trim());
            Assert.Equal("1", map.Metadata.Labels["grafana_dashboard"]);
        }
        Assert.Single(release.Of<PrometheusRule>());
    }

    [Fact]
    public void The_README_lists_every_value()
    {
        var readme = File.ReadAllText(Path.Combine(CheckTools.Chart, "README.md"));
        foreach (var key in File.ReadLines(Path.Combine(CheckTools.Chart, "values.yaml")).Select(line => Regex.Match(line, "^([A-Za-z]+):"))
            .Where(match => match.Success))
            Assert.Contains($"`{key.Groups[1].Value}", readme, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("targetPort: http", "targetPort: htp", "port htp is not on every pod that it selects")]
    [InlineData("adaptcluster.io/silo: \"true\"\n  ports", "adaptcluster.io/silo: \"yes\"\n  ports", "selects no pod")]
    [InlineData("limits: \n              memory: 16Gi\n              nvidia.com/gpu: 1",
        "limits: \n              memory: 16Gi\n              nvidia.com/gpu: 2", "asks for 1 GPUs with a limit of 2")]
    [InlineData("key: \"nvidia.com/gpu\", operator", "key: \"nvidia.com/gpus\", operator", "wants a GPU and tolerates no nvidia.com/gpu")]
    [InlineData("name: shm, mountPath", "name: shn, mountPath", "mounts shn, which is no volume")]
    [InlineData("terminationGracePeriodSeconds: 120", "terminationGracePeriodSeconds: 30",
        "30 s of grace are no more than the 40 s that its end may take")]
    [InlineData("terminationGracePeriodSeconds: 60", "terminationGracePeriodSeconds: 45",
        "45 s of grace are no more than the 45 s that its end may take")]
    [InlineData("secretKeyRef: { name: \"adaptcluster-http\", key", "secretKeyRef: { name: \"adaptcluster-htp\", key",
        "is token of the Secret adaptcluster-htp, which is not there")]
    [InlineData("{ port: 30000 }", "{ port: 3000 }", "opens port 3000, which no pod has")]
    [InlineData("{ port: 30000 }", "{ port: 8080 }", "keeps everybody from port 30000")]
    [InlineData("  egress:\n    - to:\n        - podSelector", "  egress:\n    - to:\n        - namespaceSelector",
        "silos may ask each other at  and hear each other at 11111, 30000, 8080")]
    [InlineData("serviceAccountName: \"rel-adaptcluster\"", "serviceAccountName: \"other\"", "there is no ServiceAccount other")]
    [InlineData("image: \"registry.example/adaptcluster:VERSION\"",
        "image: \"registry.example/adaptcluster\"", "an image without a fixed tag")]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "is not restricted")]
    [InlineData("path: /health/live, port: health", "path: /health/live, port: web", "is probed at port web, which it has not")]
    [InlineData("path: /health/live, port: health", "path: /health/live, port: http", "is probed at port http, which others can fill")]
    [InlineData("{ port: 30000 }", "{ port: 8081 }", "opens port 8081, which only probes need")]
    [InlineData("minAvailable: 1", "minAvailable: 2", "keeps all 2 pods, so no node can be drained")]
    public void A_release_that_does_not_fit_together_is_found_out(string right, string wrong, string problem)
    {
        var yaml = CheckTools.Render(Values("minimal-values.yaml"));
        // A release changes the version.
        const string key = "appVersion: ";
        var version = File.ReadLines(Path.Combine(CheckTools.Chart, "Chart.yaml"))
            .Single(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Trim('"');
        right = right.Replace("VERSION", version, StringComparison.Ordinal);
        Assert.Contains(right, yaml, StringComparison.Ordinal);
        Assert.Contains(Wiring.Problems(Manifests.Read(yaml.Replace(right, wrong, StringComparison.Ordinal)),
            CheckTools.Outside(Values("minimal-values.yaml"))), line => line.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_field_that_Kubernetes_does_not_know_and_a_value_of_the_wrong_type_are_found_out()
    {
        var yaml = CheckTools.Render(Values("minimal-values.yaml"));
        Assert.ThrowsAny<Exception>(() =>
            Manifests.Read(yaml.Replace("minReadySeconds:", "minimumReadySeconds:", StringComparison.Ordinal)));
        Assert.NotEmpty(CheckTools.SchemaProblems(yaml.Replace("minReadySeconds: 30", "minReadySeconds: soon", StringComparison.Ordinal)));
    }

    internal static string Values(string file) => Path.Combine(CheckTools.Chart, "ci", file);
}
