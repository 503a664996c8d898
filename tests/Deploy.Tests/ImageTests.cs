using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s.Models;

namespace AdaptCluster.Deploy.Tests;

/// <summary>The Dockerfile, the SDK's own container publish and the chart are about one image.</summary>
public sealed partial class ImageTests
{
    private static readonly string[] Dockerfile = File.ReadAllLines(Repository.At("Dockerfile"));

    [Fact]
    public void The_Dockerfile_and_PublishContainer_make_the_same_image_and_the_chart_runs_it()
    {
        var (cpu, cuda) = (Project("cpu"), Project("cuda"));
        string Property(string name) => (string)cpu["Properties"]![name]!;
        string[] Items(string name, string field = "Identity") => [.. cpu["Items"]![name]!.AsArray().Select(item => (string)item![field]!)];

        Assert.Equal(Property("ContainerUser"), Instruction("USER"));
        Assert.Equal(Items("ContainerAppCommand"), JsonNode.Parse(Instruction("ENTRYPOINT"))!.AsArray().Select(word => (string)word!));
        Assert.Equal(("Entrypoint", 0), (Property("ContainerAppCommandInstruction"), Items("ContainerEntrypoint").Length));
        Assert.Equal(Items("ContainerDefaultArgs"), JsonNode.Parse(Instruction("CMD"))!.AsArray().Select(word => (string)word!));
        Assert.Equal(Items("ContainerPort").Order(StringComparer.Ordinal), Instruction("EXPOSE").Split(' ').Order(StringComparer.Ordinal));
        Assert.Equal(Items("ContainerEnvironmentVariable")
            .Zip(Items("ContainerEnvironmentVariable", "Value"), (name, value) => $"{name}={value}").Order(StringComparer.Ordinal),
            EnvironmentVariable().Matches(string.Join('\n', Dockerfile)).Select(match => match.Value).Order(StringComparer.Ordinal));
        // Both bases: this framework on the distribution whose libstdc++ loads libtorch's bindings.
        var bases = Dockerfile.Where(line => line.StartsWith("ARG ", StringComparison.Ordinal)
            && line.Contains("mcr.", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, bases.Length);
        Assert.All(bases, line =>
            Assert.Matches(
                $@":{Property("TargetFrameworkVersion").TrimStart('v')}-{Property("ContainerFamily")}@sha256:[0-9a-f]{{64}}$", line));

        var release = Manifests.Read(CheckTools.Render(ChartTests.Values("minimal-values.yaml")));
        var pods = release.Workloads.Select(workload => workload.Pod).ToArray();
        Assert.All(pods, pod =>
            Assert.Equal(Property("ContainerUser"), $"{pod.SecurityContext.RunAsUser}:{pod.SecurityContext.RunAsGroup}"));
        Assert.All(pods, pod => Assert.Null(pod.Containers.Single().Command));
        Assert.Equal(Items("ContainerPort").Order(StringComparer.Ordinal), pods.SelectMany(pod => pod.Containers)
            .SelectMany(c => c.Ports ?? []).Select(port => $"{port.ContainerPort}").Distinct().Order(StringComparer.Ordinal));
        string[] images = [.. ((JsonNode[])[cpu, cuda])
            .Select(one => $"registry.example/{(string)one["Properties"]!["ContainerRepository"]!}:"
                + (string)one["Properties"]!["ContainerImageTag"]!)];
        Assert.Equal(images.Order(StringComparer.Ordinal),
            pods.Select(pod => pod.Containers.Single().Image).Distinct().Order(StringComparer.Ordinal));
        Assert.All(release.Of<V1Deployment>(), deployment =>
            Assert.Equal(Property("Version"), deployment.Metadata.Labels["app.kubernetes.io/version"]));
    }

    [Fact]
    public void What_the_Dockerfile_copies_is_in_the_repository_and_in_its_context()
    {
        var letIn = File.ReadAllLines(Repository.At(".dockerignore")).Where(line => line.StartsWith('!'))
            .Select(line => line[1..]).ToArray();
        var copied = Dockerfile.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal)
            && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1]).ToArray();
        Assert.NotEmpty(copied);
        Assert.All(copied, name => Assert.True(Path.Exists(Repository.At(name)), name));
        Assert.All(copied, name =>
            Assert.Contains(letIn, line => line == name || (line.StartsWith('*') && name.EndsWith(line[1..], StringComparison.Ordinal))));
    }

    /// <summary>What MSBuild makes of the client's project.</summary>
    private static JsonNode Project(string torch)
    {
        var evaluated = CheckTools.Run("dotnet", ["msbuild", Repository.At("src/Local/Local.csproj"), $"-p:Torch={torch}", "-nologo",
            "-getProperty:ContainerRepository,ContainerImageTag,ContainerFamily,ContainerUser,ContainerAppCommandInstruction",
            "-getProperty:Version,TargetFrameworkVersion",
            "-getItem:ContainerAppCommand,ContainerEntrypoint,ContainerDefaultArgs,ContainerPort,ContainerEnvironmentVariable"]);
        Assert.True(evaluated.Code == 0, evaluated.Output + evaluated.Error);
        return JsonNode.Parse(evaluated.Output)!;
    }

    private static string Instruction(string name) =>
        Dockerfile.Single(line => line.StartsWith($"{name} ", StringComparison.Ordinal))[(name.Length + 1)..];

    [GeneratedRegex(@"\b(?:ADAPTCLUSTER|DOTNET)_\w+=\S+")]
    private static partial Regex EnvironmentVariable();
}
