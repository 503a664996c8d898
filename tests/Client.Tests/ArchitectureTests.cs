using System.Reflection;
using NetArchTest.Rules;

namespace AdaptCluster.Client.Tests;

/// <summary>
/// References run one way: Client → Silo → {Grains, Training, Web} → Contracts, and Web → Reports → Contracts, Client → Plots → Reports.
/// docs/architecture.md says why.
/// </summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Contracts = typeof(Contracts.AdaptClusterException).Assembly;
    private static readonly Assembly Training = typeof(Training.Data.RgbImage).Assembly;
    private static readonly Assembly Grains = typeof(Grains.GrainServices).Assembly;
    private static readonly Assembly Reports = typeof(Reports.Comparison).Assembly;
    private static readonly Assembly Web = typeof(Web.WebPages).Assembly;
    private static readonly Assembly Silo = typeof(Silo.Hosting.SiloHost).Assembly;

    [Fact]
    public void Contracts_know_no_other_project_no_torch_and_no_storage() =>
        MustNotUse(Contracts, "AdaptCluster.Training", "AdaptCluster.Grains", "AdaptCluster.Silo", "AdaptCluster.Client", "TorchSharp",
            "Microsoft.EntityFrameworkCore");

    [Fact]
    public void Training_knows_no_grains_no_storage_and_no_network() =>
        MustNotUse(Training, "AdaptCluster.Grains", "AdaptCluster.Silo", "AdaptCluster.Client", "Orleans", "OpenTelemetry",
            "Microsoft.EntityFrameworkCore", "System.Net");

    [Fact]
    public void Grains_know_no_trainer_and_no_torch() =>
        MustNotUse(Grains, "AdaptCluster.Training", "AdaptCluster.Silo", "AdaptCluster.Client", "OpenTelemetry", "Microsoft.AspNetCore",
            "TorchSharp", "SkiaSharp");

    [Fact]
    public void Reports_know_the_contracts_alone() =>
        MustNotUse(Reports, "AdaptCluster.Training", "AdaptCluster.Grains", "AdaptCluster.Web", "AdaptCluster.Silo", "AdaptCluster.Client",
            "Microsoft.AspNetCore", "TorchSharp");

    [Fact]
    public void The_web_page_asks_grains_by_their_contracts_and_knows_no_store_and_no_trainer() =>
        MustNotUse(Web, "AdaptCluster.Training", "AdaptCluster.Grains", "AdaptCluster.Silo", "AdaptCluster.Client",
            "Microsoft.EntityFrameworkCore", "TorchSharp");

    [Fact]
    public void The_silo_does_not_know_the_command() => MustNotUse(Silo, "AdaptCluster.Client", "Spectre.Console", "System.CommandLine");

    [Fact]
    public void Figures_know_the_contracts_and_the_reports_alone() =>
        MustNotUse(typeof(Plots.Figure).Assembly, "AdaptCluster.Training", "AdaptCluster.Web", "AdaptCluster.Grains", "AdaptCluster.Silo",
            "AdaptCluster.Client", "TorchSharp", "Microsoft.EntityFrameworkCore");

    private static void MustNotUse(Assembly assembly, params string[] forbidden)
    {
        var result = Types.InAssembly(assembly).ShouldNot().HaveDependencyOnAny(forbidden).GetResult();

        Assert.True(result.IsSuccessful,
            $"{assembly.GetName().Name} must not use {string.Join(", ", forbidden)}, but these do: "
            + $"{string.Join(", ", result.FailingTypeNames ?? [])}");
    }
}
