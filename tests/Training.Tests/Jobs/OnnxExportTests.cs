using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Folders;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tests.Data;
using SkiaSharp;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>What a job trained as a file of ONNX: Microsoft's runtime finds with it what this program finds.</summary>
public sealed class OnnxExportTests : IDisposable
{
    private static readonly Dictionary<string, string> _labels = new() { ["job"] = "0123456789abcdef" };

    private readonly LoadedBackbone _clip = ShortTraining.Backbone();
    private readonly ScratchFolder _scratch = new();

    /// <summary>Methods whose images all meet the same texts, and those whose images do not.</summary>
    public static TheoryData<string> Fixed => [.. Methods.Where(method => Unfixed.All(other => other.Data.Item1 != method))];

    public static TheoryData<string, string> Unfixed => new()
    {
        { MethodNames.CoCoOp, "its text features differ between images" },
        { MethodNames.Plot, "the logits of an image depend on the other images in its batch" },
    };

    public static TheoryData<string> Datasets => [.. DrawnDatasets.Names];

    private static IEnumerable<string> Methods => [MethodNames.ZeroShot, .. KnownMethods.Trained];

    public void Dispose()
    {
        _clip.Model.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [MemberData(nameof(Fixed))]
    public void Every_test_image_gets_the_programs_class_and_logits(string method) => Compare(Drawn("tiny-kinds"), method);

    [Theory]
    [MemberData(nameof(Datasets))]
    public void On_every_drawn_data_set_all_test_images_get_the_programs_class(string dataset) =>
        Compare(Drawn(dataset), MethodNames.ZeroShot, MethodNames.Adapt);

    [Fact]
    public void Real_photos_get_the_programs_class()
    {
        var root = Environment.GetEnvironmentVariable("ADAPTCLUSTER_DATA");
        Assert.SkipWhen(root is null || !Directory.Exists(Path.Combine(root, "clothing")),
            "Set ADAPTCLUSTER_DATA to a folder that has clothing/train/<class>/*.jpg, clothing/validation and clothing/test.");
        var data = FolderDataset.Open([root!], "clothing").Load(shots: 4, seed: 1, template: "a photo of a {}.");
        Compare(data, MethodNames.ZeroShot, MethodNames.Adapt, MethodNames.Maple);
    }

    [Theory]
    [MemberData(nameof(Unfixed))]
    public void A_method_whose_images_do_not_all_meet_the_same_texts_is_refused_with_the_reason(string method, string reason)
    {
        var error = Assert.Throws<InvalidInputException>(() => Export(Drawn("tiny-kinds"), method));

        Assert.Equal($"prompts: method {method} cannot be exported as ONNX because {reason}; export without --onnx.", error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Root));
    }

    [Fact]
    public void A_backbone_of_another_family_is_refused()
    {
        using var toy = new ToyBackbone(seed: 5, torch.CPU);
        var trained = new TrainedPrompts(new JobDefinition
        {
            Method = MethodNames.ZeroShot,
            Backbone = "toy",
            Dataset = new() { Name = "set", Format = "drawn" },
            Shots = 1,
            Seed = 1,
        }, "a {}", ["one", "two"], null, "prompts");

        var error = Assert.Throws<InvalidInputException>(() => OnnxExport.Write(_scratch.At("model.onnx"),
            new LoadedBackbone(toy, new ToyTokenizer(), new ClipPreprocessor(ToyBackbone.ImageSide)), trained, _labels));

        Assert.Equal("prompts: backbones of the family 'toy' cannot be exported as ONNX; export without --onnx.", error.Message);
    }

    [Fact]
    public void A_job_of_bfloat16_is_written_in_the_arithmetic_of_the_file_which_is_float32()
    {
        var data = Drawn("tiny-kinds");
        var (job, result) = ShortTraining.Run(_clip, data, MethodNames.Adapt, Precision.Bfloat16);
        var exact = job with { Train = job.Train! with { Precision = Precision.Float32 } };

        using var model = Write(data, job, result.Prompts);

        Compare(model, data, TestImages(data), exact, result.Prompts);
    }

    [Fact]
    public void The_file_says_what_goes_in_and_what_comes_out()
    {
        var data = Drawn("tiny-kinds");
        using var model = Export(data, MethodNames.ZeroShot);

        Assert.Equal(["pixels [-1, 3, 32, 32]", $"logits [-1, {data.ClassNames.Count}]"], model.Ends);
        Assert.Equal(("0123456789abcdef", OnnxExport.Format, data.Template),
            (model.Metadata["job"], model.Metadata["format"], model.Metadata["template"]));
        Assert.Equal(data.ClassNames, JsonSerializer.Deserialize<string[]>(model.Metadata["classNames"]));
        var preparation = JsonNode.Parse(model.Metadata["preprocessing"])!;
        var settings = Assert.IsType<PreprocessorSettings>(_clip.Preprocessor.Settings);
        Assert.Equal((32, settings.ShorterSide, "bicubic", 1 / 255.0), ((int)preparation["size"]!, (int)preparation["shorterSide"]!,
            (string)preparation["resampling"]!, (double)preparation["factor"]!));
        Assert.Equal(settings.Mean, preparation["mean"]!.AsArray().Select(value => (double)value!));
        Assert.Equal(settings.StandardDeviation, preparation["standardDeviation"]!.AsArray().Select(value => (double)value!));
    }

    [Fact]
    public void The_example_in_Python_finds_the_programs_classes()
    {
        var imports = PythonGuide.Run("import numpy, onnxruntime; from PIL import Image");
        Assert.SkipUnless(imports.Code == 0,
            "python3 cannot import numpy, onnxruntime and PIL; put a python3 that has them first on the PATH.");
        var data = Drawn("tiny-kinds");
        var (job, result) = ShortTraining.Run(_clip, data, MethodNames.Adapt);
        Write(data, job, result.Prompts).Dispose();
        RgbImage[] images = [.. Enumerable.Range(0, PromptPredictor.Batch).Select(data.Test.Load)];
        for (var i = 0; i < images.Length; i++) WritePng(_scratch.At(Name(i)), images[i]);
        using var predictor = Predictor(data, job, result.Prompts);
        var expected = predictor.Logits(images).Select(logits => data.ClassNames[PromptPredictor.Best(logits).Label]);
        _scratch.Write("example.py", PythonGuide.Block("import onnxruntime"));

        var ended = PythonGuide.Run($$"""
            import sys
            sys.path.insert(0, {{JsonSerializer.Serialize(_scratch.Root)}})
            from example import classify
            for i in range({{images.Length}}):
                print(classify({{JsonSerializer.Serialize(_scratch.At("model.onnx"))}}, sys.path[0] + f"/{i}.png"))
            """);

        Assert.True(ended.Code == 0, ended.Error);
        Assert.Equal(expected, ended.Output.Trim().Split('\n'));
    }

    private static FewShotData Drawn(string name) => DrawnDatasets.Find(name)!.Load(shots: 4, seed: 1, template: null);

    private static string Name(int image) => image.ToString(CultureInfo.InvariantCulture) + ".png";

    private static void WritePng(string path, RgbImage image)
    {
        using var bitmap = new SKBitmap(image.Width, image.Height);
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            var pixel = image.Pixels.AsSpan(3 * i, 3);
            bitmap.SetPixel(i % image.Width, i / image.Width, new SKColor(pixel[0], pixel[1], pixel[2]));
        }
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, encoded.ToArray());
    }

    private static TrainedPrompts Trained(FewShotData data, JobDefinition job, byte[]? prompts) =>
        new(job, data.Template, data.ClassNames, prompts, "prompts");

    private static RgbImage[] TestImages(FewShotData data) => [.. Enumerable.Range(0, data.Test.Labels.Count).Select(data.Test.Load)];

    private void Compare(FewShotData data, params string[] methods)
    {
        var images = TestImages(data);
        foreach (var method in methods)
        {
            var (job, result) = ShortTraining.Run(_clip, data, method);
            using var model = Write(data, job, result.Prompts);
            Compare(model, data, images, job, result.Prompts);
        }
    }

    /// <summary>All test images, in the program and in the runtime.</summary>
    private void Compare(OnnxModel model, FewShotData data, RgbImage[] images, JobDefinition job, byte[]? prompts)
    {
        using var predictor = Predictor(data, job, prompts);
        var (agreement, size) = (new Agreement(), _clip.Preprocessor.Size);
        foreach (var batch in images.Index().Chunk(PromptPredictor.Batch))
        {
            var found = model.Run([.. batch.SelectMany(image => Pixels(image.Item))], batch.Length, 3, size, size);
            foreach (var (image, ours, others) in batch.Zip(predictor.Logits([.. batch.Select(image => image.Item)]), found))
                agreement.Add($"{job.Method}, test image {image.Index}", ours, others);
        }
        agreement.Check();
    }

    private OnnxModel Export(FewShotData data, string method)
    {
        var (job, result) = ShortTraining.Run(_clip, data, method);
        return Write(data, job, result.Prompts);
    }

    private OnnxModel Write(FewShotData data, JobDefinition job, byte[]? prompts)
    {
        var path = _scratch.At("model.onnx");
        OnnxExport.Write(path, _clip, Trained(data, job, prompts), _labels);
        return new OnnxModel(path);
    }

    private PromptPredictor Predictor(FewShotData data, JobDefinition job, byte[]? prompts) =>
        new(_clip.Model, _clip.Tokenizer, _clip.Preprocessor, Trained(data, job, prompts));

    private float[] Pixels(RgbImage image)
    {
        var values = new float[_clip.Preprocessor.ByteCount()];
        _clip.Preprocessor.Prepare(image, values);
        return values;
    }
}
