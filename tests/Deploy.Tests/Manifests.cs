using System.Text.RegularExpressions;
using k8s;
using k8s.Models;

namespace AdaptCluster.Deploy.Tests;

/// <summary>The objects of rendered YAML, read strictly: a field that Kubernetes does not know is an error.</summary>
internal sealed partial class Manifests
{
    private static readonly Dictionary<string, Type> Operators = new()
    {
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(PrometheusRule),
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
        ["cert-manager.io/v1/Certificate"] = typeof(OtherObject),
        ["cert-manager.io/v1/Issuer"] = typeof(OtherObject),
        ["gateway.networking.k8s.io/v1/HTTPRoute"] = typeof(OtherObject),
    };

    private Manifests(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects) => All = objects;

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> All { get; }

    public IEnumerable<T> Of<T>() => All.OfType<T>();

    /// <summary>Everything that makes pods.</summary>
    public IEnumerable<Workload> Workloads =>
    [
        .. Of<V1Deployment>().Select(d => new Workload(d, d.Spec.Template.Metadata.Labels, d.Spec.Template.Spec, d.Spec.Selector)),
        .. Of<V1Job>().Select(j => new Workload(j, j.Spec.Template.Metadata.Labels, j.Spec.Template.Spec, null)),
        .. Of<V1Pod>().Select(p => new Workload(p, p.Metadata.Labels, p.Spec, null)),
    ];

    public static Manifests Read(string yaml) =>
        new([.. Documents(yaml).SelectMany(document => KubernetesYaml.LoadAllFromString(document, Operators, strict: true))
            .Cast<IKubernetesObject<V1ObjectMeta>>()]);

    private static IEnumerable<string> Documents(string yaml) =>
        Separator().Split(yaml).Where(document => document.Contains("kind:", StringComparison.Ordinal));

    [GeneratedRegex("^---.*$", RegexOptions.Multiline)]
    private static partial Regex Separator();
}

/// <summary>Something that makes pods.</summary>
internal sealed record Workload(IKubernetesObject<V1ObjectMeta> Object, IDictionary<string, string> Labels, V1PodSpec Pod,
    V1LabelSelector? Selector)
{
    public string Name => $"{Object.Kind}/{Object.Metadata.Name}";

    public IEnumerable<V1Container> Containers => [.. Pod.InitContainers ?? [], .. Pod.Containers];
}

/// <summary>The fields of Prometheus' operator that the chart sets.</summary>
public sealed class ServiceMonitor : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public V1ObjectMeta Metadata { get; set; } = new();
    public MonitorSpec Spec { get; set; } = new();

    public sealed class MonitorSpec
    {
        public V1LabelSelector Selector { get; set; } = new();
        public Names NamespaceSelector { get; set; } = new();
        public List<Endpoint> Endpoints { get; set; } = [];
    }

    public sealed class Names
    {
        public List<string> MatchNames { get; set; } = [];
    }

    public sealed class Endpoint
    {
        public string Port { get; set; } = "";
        public string Path { get; set; } = "";
        public string Interval { get; set; } = "";
        public Authorization? Authorization { get; set; }
    }

    public sealed class Authorization
    {
        public V1SecretKeySelector Credentials { get; set; } = new();
    }
}

/// <summary>Alerts for Prometheus' operator; promtool checks what is in them.</summary>
public sealed class PrometheusRule : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public V1ObjectMeta Metadata { get; set; } = new();
    public Dictionary<string, object> Spec { get; set; } = [];
}

/// <summary>An object of cert-manager or of the Gateway API; their schemas check what is in it.</summary>
public sealed class OtherObject : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public V1ObjectMeta Metadata { get; set; } = new();
    public Dictionary<string, object> Spec { get; set; } = [];
}

/// <summary>The fields of KEDA that the chart sets.</summary>
public sealed class ScaledObject : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public V1ObjectMeta Metadata { get; set; } = new();
    public ScaledSpec Spec { get; set; } = new();

    public sealed class ScaledSpec
    {
        public Target ScaleTargetRef { get; set; } = new();
        public int MinReplicaCount { get; set; }
        public int MaxReplicaCount { get; set; }
        public int CooldownPeriod { get; set; }
        public Advanced? Advanced { get; set; }
        public List<Trigger> Triggers { get; set; } = [];
    }

    public sealed class Target
    {
        public string Name { get; set; } = "";
    }

    public sealed class Advanced
    {
        public Autoscaler? HorizontalPodAutoscalerConfig { get; set; }
    }

    public sealed class Autoscaler
    {
        public V2HorizontalPodAutoscalerBehavior? Behavior { get; set; }
    }

    public sealed class Trigger
    {
        public string Type { get; set; } = "";
        public Dictionary<string, string> Metadata { get; set; } = [];
    }
}
