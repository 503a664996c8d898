using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AdaptCluster.Cluster.Tests;

/// <summary>A Grafana dashboard of the chart, asked through a live Prometheus as Grafana would ask.</summary>
internal sealed partial class Dashboard(string name, JsonNode content)
{
    // What Grafana puts in by itself.
    private readonly Dictionary<string, string> _variables = new()
    {
        ["__rate_interval"] = "1m",
        ["__interval"] = "15s",
        ["__range"] = "5m",
    };

    public static IEnumerable<Dashboard> All =>
        Directory.GetFiles(Repository.At("helm/adaptcluster/dashboards"), "*.json").Order(StringComparer.Ordinal)
        .Select(file => new Dashboard(Path.GetFileName(file), JsonNode.Parse(File.ReadAllText(file))!));

    /// <summary>The same with another text in its queries.</summary>
    public Dashboard With(string right, string wrong) =>
        new(name, JsonNode.Parse(content.ToJsonString().Replace(right, wrong, StringComparison.Ordinal))!);

    /// <summary>Variables without values, and queries that fail or give nothing.</summary>
    public async Task<List<string>> ProblemsAsync(Prometheus prometheus)
    {
        var problems = new List<string>();
        foreach (var variable in content["templating"]!["list"]!.AsArray())
        {
            var value = await ValueAsync(prometheus, variable!);
            if (value is null) problems.Add($"{name}: variable {variable!["name"]} has no value: {variable["definition"]}");
            _variables[(string)variable!["name"]!] = value ?? ".*";
        }
        foreach (var panel in content["panels"]!.AsArray())
        {
            foreach (var target in panel!["targets"]?.AsArray() ?? [])
            {
                var query = Filled((string)target!["expr"]!);
                var answer = await prometheus.AskAsync("query", "query", query);
                if ((string?)answer["status"] != "success") problems.Add($"{name}, {panel["title"]}: {answer["error"]} in {query}");
                else if (answer["data"]!["result"]!.AsArray() is var series && series.All(one => (string?)one!["value"]![1] == "NaN"))
                    problems.Add($"{name}, {panel["title"]}: {series.Count} values in {query}");
            }
        }
        return problems;
    }

    private string Filled(string query) => VariableUse().Replace(query, use =>
        _variables.TryGetValue(use.Groups[1].Value, out var value) ? value
            : throw new InvalidOperationException($"{name}: unknown variable {use.Value}"));

    private async Task<string?> ValueAsync(Prometheus prometheus, JsonNode variable)
    {
        if ((string?)variable["type"] == "datasource") return "prometheus";
        var query = LabelValues().Match((string)variable["definition"]!);
        var (metric, label) = (Filled(query.Groups[1].Value), query.Groups[2].Value);
        var series = await prometheus.AskAsync("series", "match[]", metric);
        var part = new Regex(((string)variable["regex"]!).Trim('/') is { Length: > 0 } regex ? regex : "(.*)");
        var values = series["data"]!.AsArray().Select(one => (string?)one![label]).OfType<string>()
            .Select(value => part.Match(value)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct().ToArray();
        return values.Length == 0 ? null : (bool)variable["multi"]! ? ".*" : values[0];
    }

    [GeneratedRegex(@"\$\{?(\w+)\}?")]
    private static partial Regex VariableUse();

    [GeneratedRegex(@"^label_values\((.+), (\w+)\)$")]
    private static partial Regex LabelValues();
}
