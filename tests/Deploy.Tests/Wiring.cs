using System.Text.RegularExpressions;
using AdaptCluster.Client.Commands;
using k8s.Models;

namespace AdaptCluster.Deploy.Tests;

/// <summary>What no schema sees: whether the objects of a release fit together, and keep the rules that silos need.</summary>
internal static partial class Wiring
{
    private const string Gpu = "nvidia.com/gpu", AsksKubernetes = "ADAPTCLUSTER_KUBERNETES__PODDELETIONCOST";

    /// <summary>Everything wrong, one line each.</summary>
    /// <param name="release">The objects.</param>
    /// <param name="outside">Secrets and claims that are there before the release.</param>
    public static IEnumerable<string> Problems(Manifests release, IReadOnlySet<string> outside) =>
    [
        .. Names(release), .. release.Workloads.SelectMany(workload => Pods(release, outside, workload)),
        .. release.Workloads.SelectMany(workload => References(release, outside, workload)),
        .. Selections(release), .. Network(release), .. Scaling(release),
    ];

    private static IEnumerable<string> Names(Manifests release)
    {
        foreach (var twice in release.All.GroupBy(o => $"{o.Kind}/{o.Metadata.Name}").Where(group => group.Count() > 1))
            yield return $"{twice.Key} is there twice";
        foreach (var bad in release.All.Where(o => o.Metadata.Name.Length > 63 || !DnsName().IsMatch(o.Metadata.Name)))
            yield return $"{bad.Kind}/{bad.Metadata.Name} is no DNS name of 63 characters";
    }

    private static IEnumerable<string> Pods(Manifests release, IReadOnlySet<string> outside, Workload workload)
    {
        var (name, pod) = (workload.Name, workload.Pod);
        if (workload.Selector is { } selector && !Fits(selector.MatchLabels, workload.Labels))
            yield return $"{name} does not select its own pods";
        // Every namespace has the account default.
        if (pod.ServiceAccountName != "default" && !outside.Contains(pod.ServiceAccountName)
            && !release.Of<V1ServiceAccount>().Any(account => account.Metadata.Name == pod.ServiceAccountName))
            yield return $"{name}: there is no ServiceAccount {pod.ServiceAccountName}";
        if (pod.AutomountServiceAccountToken != workload.Containers.Any(c => (c.Env ?? []).Any(e => e.Name == AsksKubernetes)))
            yield return $"{name} mounts a token that it does not need";
        if (pod.SecurityContext is not { RunAsNonRoot: true, SeccompProfile.Type: "RuntimeDefault" })
            yield return $"{name} is not restricted";
        var volumes = (pod.Volumes ?? []).Select(volume => volume.Name).ToHashSet();
        foreach (var container in workload.Containers)
        {
            if (container.SecurityContext is not
                {
                    ReadOnlyRootFilesystem: true, AllowPrivilegeEscalation: false, Capabilities.Drop: [
                "ALL"]
                }) yield return $"{name}: {container.Name} is not restricted";
            if (!FixedImage().IsMatch(container.Image))
                yield return $"{name}: {container.Name} has an image without a fixed tag: {container.Image}";
            if (container.Resources is not { Requests.Count: > 0, Limits.Count: > 0 })
                yield return $"{name}: {container.Name} says nothing of what it takes";
            foreach (var mount in (container.VolumeMounts ?? []).Where(mount => !volumes.Contains(mount.Name)))
                yield return $"{name}: {container.Name} mounts {mount.Name}, which is no volume";
            foreach (var twice in (container.Env ?? []).GroupBy(e => e.Name).Where(group => group.Count() > 1))
                yield return $"{name}: {container.Name} sets {twice.Key} twice";
            var ports = (container.Ports ?? []).Select(port => port.Name).ToHashSet();
            foreach (var probe in Probes(container).Where(probe => !ports.Contains(probe.HttpGet.Port.Value)))
                yield return $"{name}: {container.Name} is probed at port {probe.HttpGet.Port.Value}, which it has not";
            foreach (var probe in Probes(container).Where(probe => probe.HttpGet.Port.Value is "http" or "gateway" or "silo"))
                yield return $"{name}: {container.Name} is probed at port {probe.HttpGet.Port.Value}, which others can fill";
            var (asked, limit) = (Quantity(container.Resources?.Requests), Quantity(container.Resources?.Limits));
            if (asked != limit) yield return $"{name}: {container.Name} asks for {asked ?? "no"} GPUs with a limit of {limit ?? "none"}";
            if (limit is not null && !(pod.Tolerations ?? []).Any(t => t.Key is Gpu or null
                || limit.StartsWith($"{t.Key} ", StringComparison.Ordinal)))
                yield return $"{name}: {container.Name} wants a GPU and tolerates no {Gpu}";
        }
        if (workload.Object is not V1Deployment) yield break;
        foreach (var container in workload.Containers.Where(c => c.StartupProbe is null || c.ReadinessProbe is null
            || c.LivenessProbe is null)) yield return $"{name}: {container.Name} lacks a probe";
        // The hook's time is part of the grace.
        var end = SweepCommand.LongestEnd.TotalSeconds + workload.Containers.Max(c => c.Lifecycle?.PreStop?.Sleep?.Seconds ?? 0);
        if (!(pod.TerminationGracePeriodSeconds > end))
            yield return $"{name}: {pod.TerminationGracePeriodSeconds} s of grace are no more than the {end} s that its end may take";
    }

    private static IEnumerable<V1Probe> Probes(V1Container container) =>
        ((V1Probe?[])[container.StartupProbe, container.ReadinessProbe, container.LivenessProbe]).OfType<V1Probe>();

    private static IEnumerable<string> References(Manifests release, IReadOnlySet<string> outside, Workload workload)
    {
        var secrets = release.Of<V1Secret>().ToDictionary(secret => secret.Metadata.Name, secret =>
            (secret.StringData ?? new Dictionary<string, string>()).Keys.Concat((secret.Data ?? new Dictionary<string, byte[]>()).Keys));
        foreach (var certificate in release.Of<OtherObject>().Where(one => one.Kind == "Certificate"))
            secrets[(string)certificate.Spec["secretName"]] = ["tls.crt", "tls.key", "ca.crt"];
        foreach (var variable in workload.Containers.SelectMany(c => c.Env ?? []).Where(e => e.ValueFrom?.SecretKeyRef is not null))
        {
            var (name, key) = (variable.ValueFrom.SecretKeyRef.Name, variable.ValueFrom.SecretKeyRef.Key);
            if (secrets.TryGetValue(name, out var keys) ? !keys.Contains(key) : !outside.Contains(name))
                yield return $"{workload.Name}: {variable.Name} is {key} of the Secret {name}, which is not there";
        }
        foreach (var volume in workload.Pod.Volumes ?? [])
        {
            if (volume.Secret is { } secret && !secrets.ContainsKey(secret.SecretName) && !outside.Contains(secret.SecretName))
                yield return $"{workload.Name}: volume {volume.Name} is the Secret {secret.SecretName}, which is not there";
            if (volume.ConfigMap is { } map && !release.Of<V1ConfigMap>().Any(one => one.Metadata.Name == map.Name))
                yield return $"{workload.Name}: volume {volume.Name} is the ConfigMap {map.Name}, which is not there";
            if (volume.PersistentVolumeClaim is { } claim && !outside.Contains(claim.ClaimName))
                yield return $"{workload.Name}: volume {volume.Name} is the claim {claim.ClaimName}, which is not there";
        }
    }

    private static IEnumerable<string> Selections(Manifests release)
    {
        foreach (var service in release.Of<V1Service>())
        {
            var selected = release.Workloads.Where(workload => Fits(service.Spec.Selector, workload.Labels)).ToArray();
            if (selected.Length == 0) yield return $"Service/{service.Metadata.Name} selects no pod";
            foreach (var port in service.Spec.Ports.Where(
                port => !selected.All(workload => workload.Containers.Any(c => (c.Ports ?? []).Any(p => p.Name == port.TargetPort.Value)))))
                yield return $"Service/{service.Metadata.Name}: port {port.TargetPort.Value} is not on every pod that it selects";
        }
        foreach (var budget in release.Of<V1PodDisruptionBudget>())
        {
            var selected = release.Workloads.Where(workload => Fits(budget.Spec.Selector.MatchLabels, workload.Labels)).ToArray();
            if (selected is not [{ Object: V1Deployment deployment }])
                yield return $"PodDisruptionBudget/{budget.Metadata.Name} does not guard one Deployment";
            else if (int.TryParse(budget.Spec.MinAvailable?.Value, out var least) && deployment.Spec.Replicas <= least && least > 0)
                yield return $"PodDisruptionBudget/{budget.Metadata.Name} keeps all {least} pods, so no node can be drained";
            if (budget.Spec.MinAvailable is null == budget.Spec.MaxUnavailable is null)
                yield return $"PodDisruptionBudget/{budget.Metadata.Name} says not one of minAvailable and maxUnavailable";
        }
        foreach (var unguarded in release.Of<V1Deployment>()
            .Where(d => !release.Of<V1PodDisruptionBudget>().Any(b => Fits(b.Spec.Selector.MatchLabels, d.Spec.Template.Metadata.Labels))))
            yield return $"Deployment/{unguarded.Metadata.Name} has no PodDisruptionBudget";
        foreach (var monitor in release.Of<ServiceMonitor>())
        {
            var services = release.Of<V1Service>().Where(
                service => Fits(monitor.Spec.Selector.MatchLabels, service.Metadata.Labels)).ToArray();
            if (services.Length != 1) yield return $"ServiceMonitor/{monitor.Metadata.Name} selects {services.Length} Services";
            foreach (var endpoint in monitor.Spec.Endpoints.Where(
                endpoint => !services.All(service => service.Spec.Ports.Any(port => port.Name == endpoint.Port))))
                yield return $"ServiceMonitor/{monitor.Metadata.Name}: its Service has no port {endpoint.Port}";
        }
    }

    private static IEnumerable<string> Network(Manifests release)
    {
        foreach (var policy in release.Of<V1NetworkPolicy>())
        {
            var name = $"NetworkPolicy/{policy.Metadata.Name}";
            var selected = release.Workloads.Where(workload => Fits(policy.Spec.PodSelector.MatchLabels, workload.Labels)).ToArray();
            if (selected.Length == 0) yield return $"{name} selects no pod";
            // One that only lets some pods out further.
            if (!policy.Spec.PolicyTypes.Contains("Ingress")) continue;
            var open = selected.SelectMany(workload => workload.Containers).SelectMany(c => c.Ports ?? [])
                .Select(port => $"{port.ContainerPort}").ToHashSet();
            var letIn = policy.Spec.Ingress.SelectMany(rule => rule.Ports).Select(port => port.Port.Value).ToHashSet();
            foreach (var port in letIn.Except(open)) yield return $"{name} opens port {port}, which no pod has";
            // The node's kubelet is let in whatever a policy says.
            var probed = selected.SelectMany(workload => workload.Containers)
                .SelectMany(c => (c.Ports ?? []).Where(port => Probes(c).Any(probe => probe.HttpGet.Port.Value == port.Name)))
                .Select(port => $"{port.ContainerPort}").ToHashSet();
            foreach (var port in letIn.Intersect(probed)) yield return $"{name} opens port {port}, which only probes need";
            foreach (var port in open.Except(letIn).Except(probed)) yield return $"{name} keeps everybody from port {port}";
            // What one silo may ask another, the other must be allowed to hear.
            var (among, toOthers) =
                (Ports(policy.Spec.Ingress.Where(rule => IsOwn(policy, rule.FromProperty)).SelectMany(rule => rule.Ports)),
                    Ports(policy.Spec.Egress.Where(rule => IsOwn(policy, rule.To)).SelectMany(rule => rule.Ports)));
            if (among != toOthers) yield return $"{name}: silos may ask each other at {toOthers} and hear each other at {among}";
        }
    }

    private static bool IsOwn(V1NetworkPolicy policy, IList<V1NetworkPolicyPeer>? peers) =>
        (peers ?? []).Any(peer => peer.PodSelector?.MatchLabels is { } labels && Fits(policy.Spec.PodSelector.MatchLabels, labels));

    private static string Ports(IEnumerable<V1NetworkPolicyPort> ports) =>
        string.Join(", ", ports.Select(port => port.Port.Value).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Scaling(Manifests release)
    {
        foreach (var scaled in release.Of<ScaledObject>())
        {
            var target = release.Of<V1Deployment>().SingleOrDefault(d => d.Metadata.Name == scaled.Spec.ScaleTargetRef.Name);
            if (target is null) yield return $"ScaledObject/{scaled.Metadata.Name} scales nothing";
            else if (target.Spec.Replicas is not null)
                yield return $"Deployment/{target.Metadata.Name} sets replicas, which its ScaledObject sets too";
        }
    }

    private static bool Fits(IDictionary<string, string> selector, IDictionary<string, string> labels) =>
        selector.All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value);

    /// <summary>Devices of a vendor, whose names have its domain.</summary>
    private static string? Quantity(IDictionary<string, ResourceQuantity>? resources) =>
        resources?.FirstOrDefault(one => one.Key.Contains('/', StringComparison.Ordinal)) is { Key: { } key } device
            ? $"{(key == Gpu ? "" : $"{key} ")}{device.Value}" : null;

    [GeneratedRegex("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")]
    private static partial Regex DnsName();

    [GeneratedRegex("(:(?!latest)[^:/]+|@sha256:[0-9a-f]{64})$")]
    private static partial Regex FixedImage();
}
