using System.Reflection;
using NetArchTest.Rules;

namespace AdaptCluster.Client.Tests;

/// <summary>References run one way; docs/architecture.md shows it and says why.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Contracts = typeof(Contracts.AdaptClusterException).Assembly;
    private static readonly Assembly Sweeps = typeof(Sweeps.Planning.Planner).Assembly;
    private static readonly Assembly Training = typeof(Training.Images.RgbImage).Assembly;
    private static readonly Assembly Storage = typeof(Storage.StoreServices).Assembly;
    private static readonly Assembly Grains = typeof(Grains.GrainServices).Assembly;
    private static readonly Assembly Plots = typeof(Plots.Figure).Assembly;
    private static readonly Assembly Web = typeof(Web.WebPages).Assembly;
    private static readonly Assembly Silo = typeof(Silo.Hosting.SiloHost).Assembly;

    /// <summary>What each project may know of this house; what it may not use of others' follows from that and is said beside it.</summary>
    private static readonly (Assembly Project, string[] Knows, string[] Never)[] Rules =
    [
        (Contracts, [], ["TorchSharp", "Microsoft.EntityFrameworkCore"]),
        (Sweeps, ["Contracts"],
            ["Orleans.Runtime", "Microsoft.EntityFrameworkCore", "Npgsql", "TorchSharp", "SkiaSharp", "System.IO.File", "System.Net",
                "Microsoft.AspNetCore"]),
        (Training, ["Contracts", "Sweeps"], ["Orleans", "OpenTelemetry", "Microsoft.EntityFrameworkCore", "System.Net"]),
        (Storage, ["Contracts", "Sweeps"], ["Orleans.Runtime", "TorchSharp", "SkiaSharp", "OpenTelemetry", "Microsoft.AspNetCore"]),
        (Grains, ["Contracts", "Sweeps", "Storage"],
            ["TorchSharp", "SkiaSharp", "OpenTelemetry", "Microsoft.AspNetCore", "Json.Schema"]),
        (Plots, ["Contracts", "Sweeps"], ["TorchSharp", "Microsoft.EntityFrameworkCore", "Orleans.Runtime"]),
        (Web, ["Contracts", "Sweeps"], ["TorchSharp", "Microsoft.EntityFrameworkCore"]),
        (Silo, ["Contracts", "Sweeps", "Storage", "Grains", "Training", "Web"], ["Spectre.Console", "System.CommandLine"]),
    ];

    public static TheoryData<string> Projects => [.. Rules.Select(rule => rule.Project.GetName().Name!)];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_knows_those_below_it_alone(string project)
    {
        var (assembly, knows, never) = Rules.Single(rule => rule.Project.GetName().Name == project);
        var names = Rules.Select(rule => rule.Project.GetName().Name!).Append("AdaptCluster.Client");

        MustNotUse(assembly, [.. names.Except([project, .. knows.Select(name => $"AdaptCluster.{name}")]), .. never]);
    }

    private static void MustNotUse(Assembly assembly, params string[] forbidden)
    {
        var result = Types.InAssembly(assembly).ShouldNot().HaveDependencyOnAny(forbidden).GetResult();

        Assert.True(result.IsSuccessful,
            $"{assembly.GetName().Name} must not use {string.Join(", ", forbidden)}, but these do: "
            + $"{string.Join(", ", result.FailingTypeNames ?? [])}");
    }
}
