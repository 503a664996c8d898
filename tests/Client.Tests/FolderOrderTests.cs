using System.Reflection;
using NetArchTest.Rules;

namespace AdaptCluster.Client.Tests;

/// <summary>Inside a project, folders use those below them alone; docs/developers/architecture.md shows the order.</summary>
public sealed class FolderOrderTests
{
    private static readonly Assembly Training = typeof(Training.Images.RgbImage).Assembly;

    /// <summary>The folders of each project that is large enough to need an order, the lowest first.</summary>
    private static readonly Dictionary<string, (Assembly Assembly, string[] Folders)> Orders = new()
    {
        ["Training"] = (Training,
        [
            "Libtorch", "Files", "Safetensors", "Onnx", "Numerics", "Optimisation", "Images", "Tokenization", "Backbones", "Data",
            "Drawing", "Methods", "Jobs", "Pretraining",
        ]),
        ["Silo"] = (typeof(Silo.Hosting.SiloHost).Assembly,
            ["Logs", "Kubernetes", "Security", "Configuration", "Telemetry", "Workers", "Library", "Http", "Hosting"]),
    };

    public static TheoryData<string> Projects => [.. Orders.Keys];

    public static TheoryData<string, string> Folders =>
        [.. Orders.SelectMany(order => order.Value.Folders.Select(folder => (order.Key, folder)))];

    [Theory, MemberData(nameof(Folders))]
    public void A_folder_uses_those_below_it_alone(string project, string folder)
    {
        var (assembly, folders) = Orders[project];
        string[] above = [.. folders.SkipWhile(name => name != folder).Skip(1).Select(name => $"AdaptCluster.{project}.{name}")];
        if (above.Length == 0) return;

        var result = Types.InAssembly(assembly).That().ResideInNamespaceStartingWith($"AdaptCluster.{project}.{folder}")
            .ShouldNot().HaveDependencyOnAny(above).GetResult();

        Assert.True(result.IsSuccessful, $"{folder} uses a folder above it: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }

    [Theory, MemberData(nameof(Projects))]
    public void Every_folder_has_its_place(string project) => Assert.Equal(
        Orders[project].Folders.Order(StringComparer.Ordinal),
        Directory.GetDirectories(Repository.At($"src/{project}")).Select(Path.GetFileName)
            .Except(["bin", "obj"]).Order(StringComparer.Ordinal)!);

    /// <summary>Nothing that methods and jobs do depends on one family of backbones.</summary>
    [Fact]
    public void Methods_and_jobs_know_the_seam_of_backbones_and_no_family()
    {
        var result = Types.InAssembly(Training).That().ResideInNamespaceMatching("^AdaptCluster\\.Training\\.(Methods|Jobs)")
            .ShouldNot().HaveDependencyOn("AdaptCluster.Training.Backbones.Clip").GetResult();

        Assert.True(result.IsSuccessful, $"These name CLIP: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }
}
