using System.Globalization;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tests.Data;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>What a job trained classifies images after it: in this program, and in PyTorch by the loader of docs/users/export.md.</summary>
public sealed class PromptPredictorTests : IDisposable
{
    private const int Images = 50;

    private readonly LoadedBackbone _clip = ShortTraining.Backbone();
    private readonly FewShotData _data = DrawnDatasets.Find("tiny-kinds")!.Load(shots: 4, seed: 1, template: null);
    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string> Methods => [MethodNames.ZeroShot, .. KnownMethods.Trained];

    public void Dispose()
    {
        _clip.Model.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_prompts_of_a_job_give_the_classes_and_probabilities_that_its_evaluation_found(string method)
    {
        var (job, result) = Train(method);
        var evaluated = JobPredictions.Read(result.Predictions!).Test;
        using var predictor = Predictor(job, result.Prompts);

        var found = Enumerable.Range(0, Images).Chunk(PromptPredictor.Batch)
            .SelectMany(batch => predictor.Logits([.. batch.Select(_data.Test.Load)])).Select(PromptPredictor.Best).ToArray();

        Assert.Equal(evaluated.Predicted[..Images].Select(label => (int)label), found.Select(one => one.Label));
        Assert.All(found.Index(), one => Assert.Equal(evaluated.Probability(one.Index), one.Item.Probability, 1e-3));
    }

    [Theory]
    [InlineData(MethodNames.ZeroShot)]
    [InlineData(MethodNames.CoOp)]
    [InlineData(MethodNames.Adapt)]
    public void The_loader_in_PyTorch_gives_the_programs_logits(string method)
    {
        Assert.SkipUnless(PythonGuide.Run("import torch").Code == 0,
            "python3 cannot import torch; install Debian's python3-torch, or put a python3 with PyTorch first on the PATH.");
        var (job, result) = Train(method);
        RgbImage[] images = [.. Enumerable.Range(0, Images).Select(_data.Test.Load)];
        using var predictor = Predictor(job, result.Prompts);
        var expected = images.Chunk(PromptPredictor.Batch).SelectMany(predictor.Logits).ToArray();
        Export(job, result);
        WritePixels(images);
        File.WriteAllText(At("loader.py"), PythonGuide.Block("import json, math, os, struct, torch"));

        var ended = PythonGuide.Run($"""
            import sys
            sys.path.insert(0, {Literal(_scratch.Root)})
            from loader import read, logits
            for row in logits({Literal(ShortTraining.Folder)}, {Literal(_scratch.Root)}, read({Literal(At("pixels.safetensors"))})["pixels"]).tolist():
                print(*row)
            """);

        Assert.True(ended.Code == 0, ended.Error);
        var found = ended.Output.Trim().Split('\n').Select(line => Array.ConvertAll(line.Split(' '),
            number => float.Parse(number, System.Globalization.CultureInfo.InvariantCulture))).ToArray();
        Assert.Equal(Images, found.Length);
        // Logits are 100 times a cosine at most, so this is a relative error of 1e-6.
        Assert.All(expected.Zip(found), pair => Assert.All(pair.First.Zip(pair.Second), one => Assert.Equal(one.First, one.Second, 1e-4)));
    }

    [Theory]
    [InlineData("another", "the method has no tensor 'another'; it has ctx.")]
    [InlineData("ctx", "tensor 'ctx' is F32 [3, 64], but Float32 [4, 64] is expected; the file belongs to another job.")]
    [InlineData("", "tensor 'ctx' is missing, but Float32 [4, 64] is expected; the file belongs to another job.")]
    public void Tensors_of_another_name_or_shape_are_refused(string name, string message)
    {
        var (job, result) = Train(MethodNames.CoOp);
        using var scope = torch.NewDisposeScope();
        var tensors = name.Length == 0 ? [] : new Dictionary<string, torch.Tensor> { [name] = torch.zeros(3, 64) };
        if (name == "another") tensors["ctx"] = torch.zeros(4, 64);

        Assert.NotNull(result.Prompts);
        var error = Assert.Throws<InvalidInputException>(() => Predictor(job, SafetensorsWriter.ToBytes(tensors)));

        Assert.Equal($"prompts: {message}", error.Message);
    }

    [Fact]
    public void Prompts_of_numbers_that_are_none_are_refused_when_they_are_used()
    {
        var (job, _) = Train(MethodNames.CoOp);
        using var scope = torch.NewDisposeScope();
        using var predictor = Predictor(job, SafetensorsWriter.ToBytes(new Dictionary<string, torch.Tensor>
        {
            ["ctx"] = torch.tensor(Enumerable.Repeat(float.NaN, 4 * 64).ToArray()).reshape(4, 64),
        }));

        Assert.Contains("NaN or infinite", Assert.Throws<AdaptClusterException>(() => predictor.Logits([_data.Test.Load(0)])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_that_trains_is_refused_without_prompts_and_one_that_does_not_with_them()
    {
        var (coOp, result) = Train(MethodNames.CoOp);
        Assert.Throws<InvalidInputException>(() => Predictor(coOp, null));
        Assert.Throws<InvalidInputException>(() => Predictor(coOp with { Train = null }, result.Prompts));
        Assert.Throws<InvalidInputException>(() => Predictor(Train(MethodNames.ZeroShot).Job, result.Prompts));
    }

    private PromptPredictor Predictor(JobDefinition job, byte[]? prompts) => new(
        _clip.Model, _clip.Tokenizer, _clip.Preprocessor, new TrainedPrompts(job, _data.Template, _data.ClassNames, prompts, "prompts"));

    private (JobDefinition Job, JobResult Result) Train(string method) => ShortTraining.Run(_clip, _data, method);

    private void Export(JobDefinition job, JobResult result)
    {
        var texts = new ClassTexts(_clip.Tokenizer, _data.Template, _data.ClassNames);
        var whole = texts.With([]);
        if (result.Prompts is { } prompts) File.WriteAllBytes(At(JobExport.PromptsName), prompts);
        File.WriteAllText(At(JobExport.FileName), JsonSerializer.Serialize(new JobExport
        {
            Format = JobExport.CurrentFormat,
            Sweep = "tiny",
            Job = new("0123456789abcdef"),
            Trainer = TrainerVersion.Current.ToString(CultureInfo.InvariantCulture),
            Definition = job,
            BackboneSha256 = "",
            DatasetSha256 = "",
            Template = _data.Template,
            ClassNames = [.. _data.ClassNames],
            Tokens = new(whole[0][0], whole[0][^1], texts.Before, [.. whole.Select(text => text[1..^1])]),
            Result = new()
            {
                TestCorrect = result.TestCorrect,
                TestTotal = result.TestTotal,
                ValidationCorrect = result.ValidationCorrect,
                ValidationTotal = result.ValidationTotal,
                TrainableParameters = result.TrainableParameters,
                ImageContextTokens = result.ImageContextTokens,
                TextContextTokens = result.TextContextTokens,
            },
        }, AdaptClusterJson.Indented));
    }

    private void WritePixels(RgbImage[] images)
    {
        using var scope = torch.NewDisposeScope();
        using var tensors = new PixelTensors(_clip.Preprocessor, torch.CPU);
        var bytes = _clip.Preprocessor.ByteCount();
        var pixels = new byte[images.Length * bytes];
        for (var i = 0; i < images.Length; i++) _clip.Preprocessor.Resize(images[i], pixels.AsSpan(i * bytes, bytes));
        SafetensorsWriter.ToFile(At("pixels.safetensors"),
            new Dictionary<string, torch.Tensor> { ["pixels"] = tensors.Of(pixels, images.Length) });
    }

    private string At(string name) => Path.Combine(_scratch.Root, name);

    private static string Literal(string text) => JsonSerializer.Serialize(text);
}
