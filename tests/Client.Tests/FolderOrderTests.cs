using System.Reflection;
using NetArchTest.Rules;

namespace AdaptCluster.Client.Tests;

/// <summary>Inside a project, folders use those below them alone; docs/architecture.md shows the order.</summary>
public sealed class FolderOrderTests
{
    private static readonly Assembly Training = typeof(Training.Images.RgbImage).Assembly;

    /// <summary>The trainer's folders, the lowest first.</summary>
    private static readonly string[] TrainingFolders =
    [
        "Libtorch", "Files", "Safetensors", "Numerics", "Optimisation", "Images", "Tokenization", "Backbones", "Data", "Drawing", "Methods",
        "Jobs", "Pretraining",
    ];

    public static TheoryData<string> Folders => [.. TrainingFolders];

    [Theory, MemberData(nameof(Folders))]
    public void A_folder_of_the_trainer_uses_those_below_it_alone(string folder)
    {
        string[] above = [.. TrainingFolders.SkipWhile(name => name != folder).Skip(1).Select(name => $"AdaptCluster.Training.{name}")];
        if (above.Length == 0) return;

        var result = Types.InAssembly(Training).That().ResideInNamespaceStartingWith($"AdaptCluster.Training.{folder}")
            .ShouldNot().HaveDependencyOnAny(above).GetResult();

        Assert.True(result.IsSuccessful, $"{folder} uses a folder above it: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }

    [Fact]
    public void Every_folder_of_the_trainer_has_its_place() => Assert.Equal(
        TrainingFolders.Order(StringComparer.Ordinal),
        Directory.GetDirectories(Repository.At("src/Training")).Select(Path.GetFileName)
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
