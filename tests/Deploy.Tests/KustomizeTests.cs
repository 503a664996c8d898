using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;

namespace AdaptCluster.Deploy.Tests;

/// <summary>The plain manifests of k8s/, which are the chart's with one set of values each.</summary>
public sealed class KustomizeTests
{
    public static TheoryData<string> Overlays =>
        [.. Directory.GetDirectories(Repository.At("k8s/overlays")).Select(folder => Path.GetFileName(folder)!)
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Every_object_is_one_that_Kubernetes_knows_and_fits_the_others(string overlay)
    {
        var yaml = CheckTools.Kustomize(overlay);
        Assert.Empty(CheckTools.SchemaProblems(yaml));
        Assert.Empty(Wiring.Problems(Manifests.Read(yaml), CheckTools.Outside(Repository.At($"k8s/overlays/{overlay}/values.yaml"))));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void An_overlay_is_what_the_chart_gives_with_its_values(string overlay)
    {
        var chart = CheckTools.Helm("template", "adaptcluster", CheckTools.Chart, "--namespace", "adaptcluster", "--skip-tests",
            "--kube-version", "1.33.0",
            "--values", Repository.At($"k8s/overlays/{overlay}/values.yaml"));
        Assert.Equal(Objects(chart.Output), Objects(CheckTools.Kustomize(overlay)));
    }

    private static SortedDictionary<string, string> Objects(string yaml)
    {
        var objects = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var one in Manifests.Read(yaml).All)
            objects.Add($"{one.Kind}/{one.Metadata.Name}",
                Sorted(JsonNode.Parse(KubernetesJson.Serialize((object)one))!).ToJsonString(new JsonSerializerOptions
                {
                    WriteIndented = true,
                }));
        return objects;
    }

    /// <summary>
    /// The same, whatever the order of keys, of variables and of volumes, and without what only Helm reads or kustomize adds.
    /// </summary>
    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject map =>
            new JsonObject(map.Where(pair => pair.Value is not null && !OfATool(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, Sorted(pair.Value!)))
            .Where(pair => pair is not { Key: "annotations", Value: JsonObject { Count: 0 } })),
        JsonArray list =>
            new JsonArray([.. list.Select(item => Sorted(item!))
                .OrderBy(item => item is JsonObject named && named["name"] is { } name ? (string)name! : "", StringComparer.Ordinal)]),
        _ => node.DeepClone(),
    };

    private static bool OfATool(string key) =>
        key is "namespace" or "app.kubernetes.io/managed-by" || key.StartsWith("helm.sh/", StringComparison.Ordinal)
            || key.StartsWith("checksum/", StringComparison.Ordinal);
}
