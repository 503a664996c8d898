using System.Text.RegularExpressions;
using k8s.Models;

namespace AdaptCluster.Deploy.Tests;

/// <summary>
/// Sites that ask for something unusual (odd/values.yaml): helm finds nothing wrong, every object is one that Kubernetes knows and fits the
/// others.
/// </summary>
public sealed class OddSitesTests
{
    private static readonly string Folder = Repository.At("tests/Deploy.Tests/odd");
    private static readonly string Common = Path.Combine(Folder, "common.yaml");

    /// <summary>What each site is, and its values.</summary>
    private static Dictionary<string, string> Sites { get; } =
        Regex.Split(File.ReadAllText(Path.Combine(Folder, "values.yaml")), "(?m)^---\n")
        .Skip(1).ToDictionary(site => site[2..site.IndexOf('\n', StringComparison.Ordinal)]);

    [Fact]
    public void Every_site_is_linted_rendered_and_fits_together()
    {
        Assert.True(Sites.Count >= 25, $"{Sites.Count}");
        using var folder = new TemporaryHome();
        var (problems, all) = (new List<string>(), new List<string>());
        foreach (var (site, values) in Sites)
        {
            var file = Path.Combine(folder.Folder, folder.Write("site.yaml", values));
            var lint = CheckTools.Helm("lint", "--strict", CheckTools.Chart, "--values", Common, "--values", file);
            if (lint.Code != 0) problems.Add($"{site}: {lint.Output}");
            var yaml = CheckTools.Render(Common, more: ["--values", file]);
            all.Add(yaml);
            problems.AddRange(Wiring.Problems(Manifests.Read(yaml), CheckTools.OutsideOf(File.ReadAllText(Common) + values))
                .Select(problem => $"{site}: {problem}"));
        }
        Assert.Empty(problems);
        Assert.Empty(CheckTools.SchemaProblems(string.Join("\n---\n", all)));
    }

    [Theory]
    [InlineData("a slice of a GPU", "nvidia.com/mig-1g.10gb: 1", "value: cuda")]
    [InlineData("another vendor's GPU, with an image for it", "amd.com/gpu: 1", "image: \"registry.example/adaptcluster:0.1.0-rocm\"")]
    [InlineData("a GPU by a claim", "resourceClaimTemplateName: one-h100", "- name: \"gpu\"", "value: cuda")]
    [InlineData("CloudNativePG's Secret by its parts",
        "name: ADAPTCLUSTER_STORE__DATABASE", "key: \"dbname\"", "name: ADAPTCLUSTER_STORE__PARAMETERS")]
    [InlineData("a pool for its cores alone",
        "cpu: 2500m\n              memory: 8Gi", "name: ADAPTCLUSTER_WORKERS\n              value: \"1\"")]
    [InlineData("an Ingress with OIDC", "value: \"https://sweeps.lab.example\"", "- { port: 443 }", "kind: Ingress",
        "ADAPTCLUSTER_HTTP__OPENMETRICS\n              value: \"false\"", "credentials: { name: \"web\", key: \"read\" }")]
    [InlineData("the Gateway API", "ADAPTCLUSTER_HTTP__OPENMETRICS\n              value: \"false\"",
        "credentials: { name: \"web\", key: \"token\" }",
        "ADAPTCLUSTER_HTTP__OIDC__ALLOW__0\n              value: \"groups=CN=ML,OU=Lab\"",
        "ADAPTCLUSTER_HTTP__OIDC__ALLOW__1\n              value: \"email=ada@lab.example\"",
        "ADAPTCLUSTER_HTTP__OIDC__TRUSTUNVERIFIEDEMAIL\n              value: \"true\"")]
    [InlineData("no TLS behind network policies", "ADAPTCLUSTER_HTTP__OPENMETRICS\n              value: \"true\"")]
    [InlineData("queues of Kueue", "kueue.x-k8s.io/queue-name: \"team-a\"", "kueue.x-k8s.io/queue-name: \"team-b\"")]
    [InlineData("KEDA from zero, idle silos first", "verbs: [ patch ]", "automountServiceAccountToken: true", "- { port: 6443 }")]
    [InlineData("names that look like numbers and switches",
        "adaptcluster.io/pool: \"1e3\"", "name: \"007\", key: \"1\"", "value: \"on\"")]
    public void A_site_gets_what_it_asks_for(string site, params string[] lines)
    {
        using var folder = new TemporaryHome();
        var yaml = CheckTools.Render(Common, more: ["--values", Path.Combine(folder.Folder, folder.Write("site.yaml", Sites[site]))]);
        Assert.All(lines, line => Assert.Contains(line, yaml, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_pools_that_write_the_cost_of_deletion_may_patch_pods_and_reach_the_API_server()
    {
        using var folder = new TemporaryHome();
        const string site = "a pool that writes the cost of deletion beside one that does not, under the namespace's account";
        var release = Manifests.Read(CheckTools.Render(Common, more: ["--values", Path.Combine(folder.Folder,
            folder.Write("site.yaml", Sites[site]))]));
        var accounts = release.Of<V1Deployment>().ToDictionary(one => one.Metadata.Name, one => one.Spec.Template.Spec.ServiceAccountName);
        Assert.Equal(new Dictionary<string, string>
        {
            ["rel-adaptcluster-control"] = "default",
            ["rel-adaptcluster-cpu"] = "default",
            ["rel-adaptcluster-gpu"] = "rel-adaptcluster-deletion-cost",
        }, accounts);
        Assert.Equal("rel-adaptcluster-deletion-cost", Assert.Single(Assert.Single(release.Of<V1RoleBinding>()).Subjects).Name);
        var lets = release.Of<V1NetworkPolicy>().Where(policy => policy.Spec.Egress.SelectMany(rule => rule.Ports)
            .Any(port => port.Port.Value == "6443"));
        Assert.Equal("gpu", Assert.Single(lets).Spec.PodSelector.MatchLabels["adaptcluster.io/pool"]);
    }

    [Fact]
    public void Only_control_silos_reach_the_provider_that_people_log_in_at()
    {
        using var folder = new TemporaryHome();
        var release = Manifests.Read(CheckTools.Render(Common, more: ["--values", Path.Combine(folder.Folder,
            folder.Write("site.yaml", Sites["an Ingress with OIDC"]))]));
        var lets = release.Of<V1NetworkPolicy>().Where(policy => policy.Spec.Egress.SelectMany(rule => rule.Ports)
            .Any(port => port.Port.Value == "443"));
        Assert.Equal("control", Assert.Single(lets).Spec.PodSelector.MatchLabels["app.kubernetes.io/component"]);
    }

    [Fact]
    public void The_Secret_and_the_account_are_normal_objects_and_the_migration_waits_for_neither_as_a_hook()
    {
        var trial = CheckTools.Render(ChartTests.Values("trial-cpu-values.yaml"));
        Assert.DoesNotContain("helm.sh/hook: pre-install", trial, StringComparison.Ordinal);
        var minimal = Manifests.Read(CheckTools.Render(ChartTests.Values("minimal-values.yaml")));
        var hooks = minimal.All.Where(one => one.Metadata.Annotations?.TryGetValue("helm.sh/hook", out var hook) is true
            && hook.StartsWith("pre-", StringComparison.Ordinal)).ToArray();
        Assert.Equal("Job", Assert.Single(hooks).Kind);
    }
}
