using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Silo.Library;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Specs;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Jobs;

namespace AdaptCluster.Silo.Tests.Library;

/// <summary>A format of data sets in an assembly of its own is named in specs, planned, trained on and checked as the others are.</summary>
public sealed class OwnFormatTests : IDisposable
{
    private const string Spec = """
        {
          "backbone": "clip", "shots": 2, "seeds": [1], "datasets": [{"name": "greys", "format": "swatch", "path": "greys.txt"}],
          "train": {"epochs": 2, "batchSize": 2, "learningRateWarmupEpochs": 0},
          "arms": [{"method": "zero-shot"}, {"method": "coop", "coop": {"contextLength": 2} }]
        }
        """;

    private readonly ScratchLibrary _scratch = new();
    private readonly TrainingLibrary _library;
    private readonly MethodCatalog _methods;

    public OwnFormatTests()
    {
        var settings = _scratch.Settings with { MethodAssemblies = [SwatchExample.File] };
        _methods = settings.KnownMethods;
        _library = new TrainingLibrary(settings);
        File.WriteAllText(_scratch.At("greys.txt"), "dark 10\nbright 240\ndark 20\nbright 250\n");
    }

    public void Dispose()
    {
        _library.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void A_sweep_on_it_is_planned_and_its_jobs_train()
    {
        var plan = new Planner(new Catalog(_library), _methods).Plan(SpecParser.Parse(Spec, "spec.json", _methods));
        var clip = _library.Backbone("clip");
        using var runner = new JobRunner(clip.Model, clip.Tokenizer, clip.Preprocessor,
            job => _library.Dataset(job.Dataset).Load(job.Shots, job.Seed, job.Dataset.Template));

        var results = plan.Groups.Select(group => runner.Run(group.Definition with { Seed = 1 }, null, _ => { }, CancellationToken.None))
            .ToArray();

        Assert.Equal([4, 4], results.Select(result => result.TestTotal));
        Assert.All(plan.Groups, group => Assert.Equal("swatch", group.Definition.Dataset.Format));
    }

    [Fact]
    public void The_schema_and_the_errors_name_it_beside_the_others()
    {
        var format = JsonNode.Parse(_methods.Schema.Text)!["$defs"]!["dataset"]!["then"]!["properties"]!["format"]!;

        Assert.Equal([.. DatasetFormats.BuiltIn.All.Where(one => one.IsWritten).Select(one => one.Name), "swatch"],
            format["enum"]!.AsArray().Select(name => (string)name!));
        Assert.Contains("swatch: a text file with a class and a grey value in each line.", (string)format["description"]!,
            StringComparison.Ordinal);
        Assert.Equal("spec.json: $.datasets[0].images: data sets in the swatch format cannot have 'images'; remove it.",
            Refusal(Spec.Replace("\"greys.txt\"", "\"greys.txt\", \"images\": \"x\"", StringComparison.Ordinal)));
        Assert.Equal("spec.json: $.datasets[0]: 'path' is missing; write the swatch file's path relative to the data root.",
            Refusal(Spec.Replace(", \"path\": \"greys.txt\"", "", StringComparison.Ordinal)));
        var missing = Assert.Throws<InvalidInputException>(() =>
            _library.Dataset(new DatasetSource { Name = "greys", Format = "swatch", Path = "none.txt" }));
        Assert.Contains("'none.txt': the data root", missing.Message, StringComparison.Ordinal);
        File.WriteAllText(_scratch.At("bad.txt"), "dark 10\nbright\n");
        var bad = Assert.Throws<InvalidInputException>(() =>
            _library.Dataset(new DatasetSource { Name = "greys", Format = "swatch", Path = "bad.txt" }));
        Assert.Equal($"{_scratch.At("bad.txt")}, line 2: found 'bright'; write a class and a grey from 0 to 255.", bad.Message);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../secret.txt")]
    public void A_path_out_of_the_data_roots_is_refused_without_a_look_at_it(string path)
    {
        var refused = Assert.Throws<InvalidInputException>(() =>
            _library.Dataset(new DatasetSource { Name = "greys", Format = "swatch", Path = path }));

        Assert.Contains("a path relative to a data root", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_checked_as_the_others_are()
    {
        var source = new DatasetSource { Name = "greys", Format = "swatch", Path = "greys.txt" };

        var report = DatasetFormats.Opener(_methods.Formats.Of(source)).Check(
            _scratch.Settings.DataRoots, source, shots: 2, seeds: [1], TestContext.Current.CancellationToken);

        Assert.True(report.Complete);
        Assert.Equal(new DatasetCounts(2, 4, 4, 4), report.Found);
    }

    [Fact]
    public void A_silo_without_the_assembly_says_which_format_it_lacks()
    {
        var refused = Assert.Throws<InvalidInputException>(() =>
            _scratch.Library.Dataset(new DatasetSource { Name = "greys", Format = "swatch", Path = "greys.txt" }));

        Assert.Equal("There is no data set format 'swatch'; use one of "
            + $"{string.Join(", ", DatasetFormats.BuiltIn.All.Select(format => format.Name))}.", refused.Message);
    }

    [Fact]
    public void Names_that_are_taken_are_refused()
    {
        var refused = Assert.Throws<InvalidInputException>(() =>
            new FormatCatalog([.. _methods.Formats.All, _methods.Formats.Find("swatch")]));

        Assert.Contains("data set format 'swatch'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(" already has this name; give the format another name", refused.Message, StringComparison.Ordinal);
    }

    private string Refusal(string spec) =>
        Assert.Throws<InvalidInputException>(() => SpecParser.Parse(spec, "spec.json", _methods)).Message;
}
