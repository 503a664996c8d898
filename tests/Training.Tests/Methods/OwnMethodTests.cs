using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Methods.Adapt;
using AdaptCluster.Training.Tests.Backbones.Clip;
using AdaptCluster.Training.Tests.Data;
using AdaptCluster.Training.Tests.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Methods;

/// <summary>A method in an assembly of its own is loaded, trains and resumes as those that come with AdaptCluster do.</summary>
public sealed class OwnMethodTests : IClassFixture<SmallClip>
{
    private const int Iterations = 18;

    private static readonly PackOptions _alone = new() { ShareTrunks = false };

    private readonly SmallClip _clip;

    public OwnMethodTests(SmallClip clip)
    {
        torch.set_num_threads(1);
        _clip = clip;
    }

    private static MethodCatalog Methods => TrainingMethods.With([ShiftExample.File], "Methods");

    private static JobDefinition Job(double strength = 1) => NoiseJob.Definition with
    {
        Method = "shift",
        Scorer = null,
        TTarget = null,
        Train = NoiseJob.Definition.Train! with { Adapt = new(), Own = new(new JsonObject { ["strength"] = strength }) },
    };

    [Fact]
    public void It_is_listed_behind_the_others_with_its_preset_and_settings()
    {
        var shift = Methods.All[^1];

        Assert.Equal(("shift", 20, "{\"strength\":1}"), (shift.Name, shift.Preset.Epochs, shift.Preset.Own?.Json));
        Assert.Contains("| `shift.strength` | 1 | 0.001 to 1000 |", MethodTables.Settings(Methods), StringComparison.Ordinal);
        Assert.DoesNotContain("shift", KnownMethods.All.Names);
    }

    [Fact]
    public void It_lowers_its_loss_and_its_setting_counts()
    {
        var calm = Job() with { Train = Job().Train! with { LearningRate = 0.002, Augmentation = Augmentation.None } };
        var heard = Run(calm);

        Assert.True(heard.Reports[^1].Loss < heard.Reports[0].Loss);
        Assert.Equal(24, heard.Result!.TrainableParameters);
        Assert.NotEqual(heard.Reports[^1].Loss, Run(calm with { Train = calm.Train! with { Own = Job(2).Train!.Own } }).Reports[^1].Loss);
    }

    [Fact]
    public void Stopped_after_any_iteration_it_goes_on_from_there_bit_for_bit()
    {
        var whole = Run(Job());
        for (var iteration = 1; iteration < Iterations; iteration++)
        {
            var (reports, checkpoint) = NoiseJob.Interrupt(_clip.Model, Job(), null, iteration, Methods);
            var rest = Run(Job(), checkpoint);
            Assert.Equal(whole.Result!.Prompts, rest.Result!.Prompts);
            Assert.Equal(whole.Reports.Select(report => report.Loss), reports.Concat(rest.Reports).Select(report => report.Loss));
        }
    }

    [Fact]
    public void A_job_with_settings_of_something_else_is_refused()
    {
        var error = Run(Job() with { Train = Job().Train! with { Own = new(new JsonObject { ["weight"] = 1 }) } }).Error;

        Assert.StartsWith("The job's settings do not match ShiftSettings: ", Assert.IsType<InvalidInputException>(error).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Assemblies_that_cannot_be_used_are_refused_with_the_setting_the_file_and_the_reason()
    {
        using var folder = new ScratchFolder();
        var text = folder.Write("text.dll", "no assembly");
        var core = typeof(JobDefinition).Assembly.Location;

        Assert.Equal("Methods: /none.dll: the file does not exist; write the path of an assembly with methods or data set formats.",
            Refusal("/none.dll"));
        Assert.Equal($"Methods: {text}: it is not a .NET assembly, or it was built for a newer .NET.", Refusal(text));
        Assert.Equal(
            $"Methods: {core}: it contains no class that derives from MethodDescriptor or DatasetFormat; "
            + "check that it is the right assembly.",
            Refusal(core));
        var twice = Assert.Throws<InvalidInputException>(
            () => new MethodCatalog([.. Methods.All, new AdaptDescriptor()], Methods.Formats));
        Assert.Equal("method 'adapt' (AdaptCluster.Training.Methods.Adapt.AdaptDescriptor in AdaptCluster.Training): "
            + "AdaptCluster.Training.Methods.Adapt.AdaptDescriptor already has this name; give the method another name.",
            twice.Message);
    }

    [Fact]
    public void An_assembly_of_another_version_is_refused() => Assert.Equal(
        "Methods: x.dll: it was built against AdaptCluster.Sweeps 9.8, but this is version "
            + $"{typeof(MethodAssemblies).Assembly.GetName().Version!.ToString(2)}; rebuild it against this version.",
        Assert.Throws<InvalidInputException>(() => MethodAssemblies.CheckVersion(
            "Methods: x.dll", [new("AdaptCluster.Sweeps") { Version = new(9, 8, 0, 0) }, new("TorchSharp") { Version = new(7, 0) }]))
            .Message);

    private static string Refusal(string file) =>
        Assert.Throws<InvalidInputException>(() => TrainingMethods.With([file], "Methods")).Message;

    private RecordedJob Run(JobDefinition job, byte[]? checkpoint = null)
    {
        using var runner = NoiseJob.Runner(_clip.Model, methods: Methods);
        return RecordedJob.RunAll(runner, [job], _alone, _ => checkpoint)[0];
    }
}
