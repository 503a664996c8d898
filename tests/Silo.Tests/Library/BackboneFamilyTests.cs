using AdaptCluster.Contracts;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Library;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Specs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;

namespace AdaptCluster.Silo.Tests.Library;

/// <summary>A silo loads a backbone by the family that its config.json names, plans sweeps on it and runs their jobs.</summary>
public sealed class BackboneFamilyTests : IDisposable
{
    private readonly ScratchLibrary _scratch = new();
    private readonly TrainingLibrary _library;

    public BackboneFamilyTests()
    {
        Directory.CreateDirectory(_scratch.At("models", "toy"));
        File.WriteAllText(_scratch.At("models", "toy", "config.json"), """{"model_type": "toy", "seed": 3}""");
        _scratch.Fill("photos", 4, "circle", "square");
        _library = new TrainingLibrary(_scratch.Settings,
            new([.. BackboneFamilies.In(typeof(BackboneFamilies).Assembly), .. BackboneFamilies.In(typeof(ToyFamily).Assembly)]));
    }

    [Fact]
    public void A_sweep_on_a_backbone_of_another_family_is_planned_and_its_jobs_train()
    {
        var plan = new Planner(new Catalog(_library), TrainingMethods.BuiltIn).Plan(SpecParser.Parse(
            """
            {
              "backbone": "toy", "shots": 1, "seeds": [1], "datasets": [{"name": "p", "format": "folder", "path": "photos"}],
              "train": {"epochs": 4, "batchSize": 2, "learningRateWarmupEpochs": 0,
                        "adapt": {"maxContextLength": 3, "pruneWarmupEpochs": 0, "prunePeriod": 1, "pruneRate": 5} },
              "arms": [{"method": "zero-shot"}, {"method": "adapt", "tTarget": 4}, {"method": "coop", "coop": {"contextLength": 2} }]
            }
            """, "spec.json", TrainingMethods.BuiltIn));
        var toy = _library.Backbone("toy");
        using var runner = new JobRunner(toy.Model, toy.Tokenizer, toy.Preprocessor, job =>
            _library.Dataset(job.Dataset).Load(job.Shots, job.Seed, job.Dataset.Template));

        var results = plan.Groups.Select(group => runner.Run(group.Definition with { Seed = 1 }, null, _ => { }, CancellationToken.None))
            .ToArray();

        Assert.Equal("toy", toy.Model.Family);
        Assert.Equal([0, 4, 2], results.Select(result => result.ImageContextTokens + result.TextContextTokens));
        Assert.All(results, result => Assert.True(result.TestTotal > 0));
    }

    [Fact]
    public void The_family_a_silo_does_not_know_is_named_with_those_that_it_knows()
    {
        var refused = Assert.Throws<InvalidInputException>(() => _scratch.Library.CurrentBackbone("toy"));

        Assert.Contains("toy/config.json: model_type is \"toy\"; expected \"clip\"", refused.Message, StringComparison.Ordinal);
        var report = Doctor.Examine(_scratch.Settings);
        var models = report[$"models in {_scratch.At("models")}"];
        Assert.Contains("clip (clip, image 32/", models, StringComparison.Ordinal);
        Assert.Contains("toy: ", models, StringComparison.Ordinal);
        Assert.Contains("model_type is \"toy\"", models, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _library.Dispose();
        _scratch.Dispose();
    }
}
