using System.Reflection;
using NetArchTest.Rules;

namespace AdaptCluster.Client.Tests;

/// <summary>References run one way; docs/developers/architecture.md shows it and says why.</summary>
public sealed class ArchitectureTests
{
    private static readonly string[] Trains = ["TorchSharp"], Stores = ["Microsoft.EntityFrameworkCore"];

    /// <summary>What each project may know of this house; what it may not use of others' follows from that and is said beside it.</summary>
    private static readonly (string Project, Type Any, string[] Knows, string[] Never)[] Rules =
    [
        ("Contracts", typeof(Contracts.AdaptClusterException), [], [.. Trains, .. Stores]),
        ("Sweeps", typeof(Sweeps.Planning.Planner), ["Contracts"],
            ["Orleans.Runtime", "Microsoft.EntityFrameworkCore", "Npgsql", "TorchSharp", "SkiaSharp", "System.IO.File", "System.Net",
                "Microsoft.AspNetCore"]),
        ("Connections", typeof(Connections.ClusterJoin), ["Contracts"],
            [.. Trains, .. Stores, "SkiaSharp", "OpenTelemetry", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Builder"]),
        ("Training", typeof(Training.Images.RgbImage), ["Contracts", "Sweeps"],
            ["Orleans", "OpenTelemetry", "Microsoft.EntityFrameworkCore", "System.Net"]),
        ("Storage", typeof(Storage.StoreServices), ["Contracts", "Sweeps", "Connections"],
            ["Orleans.Runtime", "TorchSharp", "SkiaSharp", "OpenTelemetry", "Microsoft.AspNetCore"]),
        ("Grains", typeof(Grains.GrainServices), ["Contracts", "Sweeps", "Storage"],
            ["TorchSharp", "SkiaSharp", "OpenTelemetry", "Microsoft.AspNetCore", "Json.Schema"]),
        ("Plots", typeof(Plots.Figure), ["Contracts", "Sweeps"], [.. Trains, .. Stores, "Orleans.Runtime"]),
        ("Web", typeof(Web.WebPages), ["Contracts", "Sweeps", "Plots"], [.. Trains, .. Stores]),
        ("Silo", typeof(Silo.Hosting.SiloHost), ["Contracts", "Sweeps", "Connections", "Storage", "Grains", "Training", "Web"],
            ["Spectre.Console", "System.CommandLine"]),
        // What a spec means, the silos that it is sent to know: a client of another version, or without their methods, must not guess.
        ("Client", typeof(Client.Commands.SweepCommand), ["Contracts", "Sweeps", "Connections", "Plots"],
            [.. Trains, .. Stores, "Microsoft.AspNetCore", "Microsoft.Data.Sqlite", "AdaptCluster.Sweeps.Specs.SpecParser",
                "AdaptCluster.Sweeps.Specs.SpecSchema", "AdaptCluster.Sweeps.Planning.Planner"]),
        ("Local", typeof(Local.EmbeddedMode), ["Contracts", "Sweeps", "Connections", "Storage", "Silo", "Training", "Client"],
            ["Microsoft.EntityFrameworkCore", "Microsoft.AspNetCore"]),
    ];

    public static TheoryData<string> Projects => [.. Rules.Select(rule => rule.Project)];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_knows_those_below_it_alone(string project)
    {
        var (_, any, knows, never) = Rules.Single(rule => rule.Project == project);
        var others = Rules.Select(rule => rule.Project).Except([project, .. knows]);

        MustNotUse(any.Assembly, [.. others.Select(name => $"AdaptCluster.{name}"), .. never]);
    }

    [Fact]
    public void Every_project_has_a_rule() =>
        Assert.Equal(Directory.GetDirectories(Repository.At("src")).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Rules.Select(rule => rule.Project).Order(StringComparer.Ordinal));

    /// <summary>Commands ask the silos that they are told of. Only a fetch asks hosts by HTTP, and only its command fetches.</summary>
    [Fact]
    public void No_command_but_the_fetch_of_data_sets_asks_a_host_by_http()
    {
        const string fetching = "AdaptCluster.Local.Fetching", command = "AdaptCluster.Local.Commands.FetchCommand";
        // Silos ask Kubernetes, and the provider that people log in by; they are no commands.
        foreach (var (_, any, _, _) in Rules.Where(rule => rule.Project != "Silo"))
        {
            var types = Types.InAssembly(any.Assembly).That().DoNotResideInNamespace(fetching);
            var http = types.ShouldNot()
                .HaveDependencyOnAny("System.Net.Http", "System.Net.WebClient", "System.Net.WebRequest").GetResult();
            Assert.True(http.IsSuccessful, $"these ask by HTTP: {string.Join(", ", http.FailingTypeNames ?? [])}");
            var users = types.And().HaveDependencyOn(fetching).GetTypes().Select(type => type.FullName!);
            Assert.DoesNotContain(users, user => !user.StartsWith(command, StringComparison.Ordinal));
        }
        Assert.NotEmpty(Types.InAssembly(typeof(Local.EmbeddedMode).Assembly).That().ResideInNamespace(fetching)
            .And().HaveDependencyOn("System.Net.Http").GetTypes());
    }

    private static void MustNotUse(Assembly assembly, params string[] forbidden)
    {
        var result = Types.InAssembly(assembly).ShouldNot().HaveDependencyOnAny(forbidden).GetResult();

        Assert.True(result.IsSuccessful,
            $"{assembly.GetName().Name} must not use {string.Join(", ", forbidden)}, but these do: "
            + $"{string.Join(", ", result.FailingTypeNames ?? [])}");
    }
}
