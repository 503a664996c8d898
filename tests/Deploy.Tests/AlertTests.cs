using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s;

namespace AdaptCluster.Deploy.Tests;

/// <summary>Alerts, their unit tests, their sections of the runbook, and the thresholds that dashboards show.</summary>
public sealed partial class AlertTests
{
    private static readonly string Tests = Path.Combine(CheckTools.Chart, "rules", "tests");

    /// <summary>The releases whose rules the cases in rules/tests are about: what installs them.</summary>
    private static readonly Dictionary<string, string[]> Releases = new()
    {
        ["lab"] = ["adaptcluster", "--namespace", "lab", "--values", ChartTests.Values("minimal-values.yaml")],
        ["renamed"] = ["rel", "--namespace", "lab", "--values", ChartTests.Values("minimal-values.yaml"), "--set", "nameOverride=sweeps"],
        ["lab-a"] = ["lab-a", "--namespace", "a", "--values", ChartTests.Values("gpu-pools-values.yaml")],
        ["lab-b"] = ["lab-b", "--namespace", "b", "--values", ChartTests.Values("gpu-pools-values.yaml")],
        ["same-a"] = ["adaptcluster", "--namespace", "a", "--values", ChartTests.Values("minimal-values.yaml")],
        ["same-b"] = ["adaptcluster", "--namespace", "b", "--values", ChartTests.Values("minimal-values.yaml")],
    };

    private static readonly Lazy<Rule[]> AllAlerts = new(() => [.. KubernetesYaml.Deserialize<RuleFile>(Rules("lab"))
        .Groups.SelectMany(group => group.Rules)]);

    private static Rule[] Alerts => AllAlerts.Value;

    [Fact]
    public void Promtool_knows_every_rule_of_each_release_and_each_fires_and_is_silent_when_it_should()
    {
        using var folder = new TemporaryHome();
        foreach (var release in Releases.Keys) folder.Write($"{release}.yaml", Rules(release));
        string[] files = ["alerts.yaml", "situations.yaml", "days.yaml"];
        foreach (var cases in files)
            folder.Write(cases, File.ReadAllText(Path.Combine(Tests, cases)));
        foreach (var arguments in (string[][])[["check", "rules", .. Releases.Keys.Select(release => $"{release}.yaml")],
            ["test", "rules", .. files]])
        {
            var promtool = Programs.Find("promtool");
            Assert.SkipWhen(promtool is null, "There is no 'promtool' on the path; Debian's package prometheus has it.");
            using var process = Process.Start(new ProcessStartInfo(promtool!, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder.Folder,
            })!;
            var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, output);
        }
    }

    [Fact]
    public void Every_series_that_an_alert_starts_from_is_one_of_its_release()
    {
        foreach (var alert in Alerts)
        {
            Assert.Equal(("lab", "adaptcluster"), (alert.Labels["namespace"], alert.Labels["release"]));
            foreach (var selector in Selectors().Matches(alert.Expr).Select(match => match.Value))
                Assert.True(selector.Contains("namespace=\"lab\"", StringComparison.Ordinal)
                    // Of the codes only those count that changed on one of our GPUs.
                    || (selector == "DCGM_FI_DEV_XID_ERRORS" && alert.Alert == "AdaptClusterGpuXid"), $"{alert.Alert}: {selector}");
            Assert.All(Aggregations().Matches(alert.Expr).Select(match => match.Groups[1].Value.Split(", ")),
                labels => Assert.True(labels.Contains("namespace") || labels.SequenceEqual(["Hostname", "gpu"]),
                    $"{alert.Alert}: by ({string.Join(", ", labels)})"));
        }
    }

    [Fact]
    public void Without_an_operator_the_matchers_are_what_the_values_say()
    {
        var rules = CheckTools.Rules([.. Releases["lab"], "--set-string", "monitoring.rules.matchers=job=\"silos\""]);
        Assert.Contains("absent(up{job=\"silos\"} == 1)", rules, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_dashboard_has_a_namespace_and_a_release_and_no_query_asks_beyond_them()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(CheckTools.Chart, "dashboards")))
        {
            var board = JsonNode.Parse(File.ReadAllText(file))!;
            foreach (var name in (string[])["namespace", "release"])
                Assert.Contains(board["templating"]!["list"]!.AsArray(), variable => (string)variable!["name"]! == name);
            foreach (var query in board["panels"]!.AsArray().SelectMany(panel => panel!["targets"]?.AsArray() ?? [])
                .Select(target => (string)target!["expr"]!))
            {
                var selectors = Selectors().Matches(Groupings().Replace(query, "")).Select(match => match.Value).ToArray();
                Assert.NotEmpty(selectors);
                Assert.All(selectors, selector =>
                {
                    Assert.Contains("namespace=~\"$namespace\"", selector, StringComparison.Ordinal);
                    Assert.Matches(@"\w+=~""\$(\{release\}-|release"")", selector);
                });
            }
        }
    }

    [Fact]
    public void Every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_silent()
    {
        var cases = File.ReadAllText(Path.Combine(Tests, "alerts.yaml"));
        Assert.Equal(17, Alerts.Length);
        foreach (var alert in Alerts)
            foreach (var end in (string[])["fires", "is silent"])
                Assert.Contains($"name: '{alert.Alert} {end}'", cases, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_alert_says_how_bad_it_is_and_leads_to_its_section_of_the_runbook()
    {
        var runbook = File.ReadAllText(Repository.At("docs/operators/runbook.md"));
        Assert.Equal(Alerts.Select(alert => alert.Alert).Order(StringComparer.Ordinal),
            Sections().Matches(runbook).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        foreach (var section in Sections().Split(runbook).Where((_, i) => i > 0 && i % 2 == 0))
            foreach (var part in (string[])["**Means:**", "**Look:**", "**Do:**"]) Assert.Contains(part, section, StringComparison.Ordinal);
        foreach (var alert in Alerts)
        {
            Assert.Contains(alert.Labels["severity"], (string[])["critical", "warning", "info"]);
            Assert.Equal($"docs/operators/runbook.md#{alert.Alert.ToLowerInvariant()}", alert.Annotations["runbook_url"]);
            Assert.All((string[])["summary", "description"], key => Assert.NotEmpty(alert.Annotations[key]));
        }
    }

    [Fact]
    public void Every_sweep_command_of_the_runbook_exists()
    {
        var readme = File.ReadAllText(Repository.At("README.md"));
        foreach (var command in SweepCommands().Matches(File.ReadAllText(Repository.At("docs/operators/runbook.md")))
            .Select(match => match.Groups[1].Value).Distinct())
            Assert.Matches($"`(sweep )?{command}\\b", readme);
    }

    [Fact]
    public void A_threshold_on_a_dashboard_is_that_of_the_alert_it_names()
    {
        var seen = new List<string>();
        foreach (var panel in Panels())
        {
            var named = NamedAlert().Match((string)panel["description"]!);
            if (!named.Success) continue;
            var alert = Alerts.Single(one => one.Alert == named.Groups[1].Value);
            var steps = panel["fieldConfig"]!["defaults"]!["thresholds"]!["steps"]!.AsArray();
            // The panel counts what the alert finds one by one.
            double[] bounds = alert.Expr.StartsWith("up{", StringComparison.Ordinal) ? [1]
                : [.. Bounds().Matches(alert.Expr).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
            Assert.Contains((double)steps[1]!["value"]!, bounds);
            seen.Add(alert.Alert);
        }
        Assert.True(seen.Distinct().Count() >= 12, string.Join(", ", seen));
    }

    [Fact]
    public void Dashboards_have_identities_of_their_own_and_every_panel_says_what_it_shows_in_which_unit()
    {
        var boards = Directory.GetFiles(Path.Combine(CheckTools.Chart, "dashboards"))
            .Select(file => JsonNode.Parse(File.ReadAllText(file))!).ToArray();
        Assert.Equal(5, boards.Select(board => (string)board["uid"]!).Distinct().Count());
        foreach (var board in boards)
        {
            var ids = board["panels"]!.AsArray().Select(panel => (int)panel!["id"]!).ToArray();
            Assert.Equal(ids.Length, ids.Distinct().Count());
            Assert.Contains(board["templating"]!["list"]!.AsArray(), variable => (string)variable!["name"]! == "datasource");
        }
        foreach (var panel in Panels())
        {
            Assert.False(string.IsNullOrEmpty((string?)panel["title"]));
            Assert.False(string.IsNullOrEmpty((string?)panel["fieldConfig"]!["defaults"]!["unit"]));
            Assert.All(panel["targets"]!.AsArray(), target =>
                Assert.DoesNotMatch(@"histogram_quantile\([^,]+, (?!sum by \([^)]*le)", (string)target!["expr"]!));
        }
    }

    private static IEnumerable<JsonNode> Panels() =>
        Directory.GetFiles(Path.Combine(CheckTools.Chart, "dashboards")).Order(StringComparer.Ordinal)
        .SelectMany(file => JsonNode.Parse(File.ReadAllText(file))!["panels"]!.AsArray()).OfType<JsonNode>()
            .Where(panel => (string?)panel["type"] != "row");

    [GeneratedRegex("^## (\\w+)$", RegexOptions.Multiline)]
    private static partial Regex Sections();

    [GeneratedRegex("`sweep (\\w+)")]
    private static partial Regex SweepCommands();

    [GeneratedRegex("Threshold of the alert (\\w+)\\.")]
    private static partial Regex NamedAlert();

    [GeneratedRegex("[<>=]=? ([0-9.]+)")]
    private static partial Regex Bounds();

    /// <summary>Names of labels, which may look like metrics.</summary>
    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex Groupings();

    /// <summary>A metric and its matchers.</summary>
    [GeneratedRegex(@"(?<![\w""])(?:(?:adaptcluster|orleans|dotnet|http_server|kube|keda|DCGM_FI)_\w+|up|ALERTS|target_info)(?![\w""=(])"
        + @"(?:\{(?:[^{}]|\$\{\w+\})*\})?"
        + @"|(?<![\w$])\{(?:[^{}]|\$\{\w+\})*\}")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"\bby \(([^)]*)\)")]
    private static partial Regex Aggregations();

    private static string Rules(string release) => CheckTools.Rules(Releases[release]);

    public sealed class RuleFile
    {
        public List<RuleGroup> Groups { get; set; } = [];
    }

    public sealed class RuleGroup
    {
        public string Name { get; set; } = "";
        public List<Rule> Rules { get; set; } = [];
    }

    public sealed class Rule
    {
        public string Alert { get; set; } = "";
        public string Expr { get; set; } = "";
        public string For { get; set; } = "";
        public Dictionary<string, string> Labels { get; set; } = [];
        public Dictionary<string, string> Annotations { get; set; } = [];
    }
}
