using System.Text;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Folders;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tests.Data;
using AdaptCluster.Training.Tokenization;
using SkiaSharp;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>The paper's backbone in its real size, with random weights.</summary>
public sealed class VitBaseTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    [Fact]
    public void A_snapshot_of_the_shape_of_ViT_B_16_loads_and_trains_three_iterations_on_a_folder_of_JPEGs_and_is_exported()
    {
        torch.set_num_threads(Environment.ProcessorCount);
        var config = ClipConfigJson.Read(Encoding.UTF8.GetBytes("""{"vision_config": {"patch_size": 16}}"""), "config.json");
        using (var random = ClipModel.CreateRandom(config, seed: 1)) random.Save(_folder.At("vit"));
        foreach (var split in (string[])["train", "validation", "test"])
        {
            for (var i = 0; i < (split == "train" ? 12 : 2); i++)
                _folder.Write($"photos/{split}/{(i % 2 == 0 ? "cat" : "dog")}/{i}.jpg",
                    TestImages.Encode(TestImages.Pattern(300 + i, 260), SKEncodedImageFormat.Jpeg));
        }

        using var model = ClipModel.Load(_folder.At("vit"), torch.CPU);
        Assert.Equal(149_620_737, model.ParameterCount);
        var dataset = FolderDataset.Open([_folder.Root], "photos");
        using var runner = new JobRunner(model, new TwoWords(), new ClipPreprocessor(config.ImageSize),
            job => dataset.Load(shots: 6, job.Seed, template: null));
        var job = new JobDefinition
        {
            Method = MethodNames.Adapt,
            Backbone = "vit",
            Dataset = new DatasetSource { Name = "photos", Format = "folder" },
            Shots = 6,
            Seed = 1,
            Scorer = Scorer.Snip,
            TTarget = 380,
            Train = new TrainSettings { Epochs = 1, BatchSize = 4, Adapt = new AdaptSettings { PruneWarmupEpochs = 0, PrunePeriod = 3 } },
        };

        var reports = new List<EpochReport>();
        var result = runner.Run(job, null, reports.Add, TestContext.Current.CancellationToken);

        Assert.Equal((3, 380), (reports[0].Iterations, result.ImageContextTokens + result.TextContextTokens));
        Assert.Equal((768L * result.ImageContextTokens) + (512L * result.TextContextTokens), result.TrainableParameters);
        Assert.True(double.IsFinite(reports[0].Loss));
        Assert.Equal((2, 2), (result.TestTotal, result.ValidationTotal));
        var data = dataset.Load(shots: 6, job.Seed, template: null);
        Exported(model, new TrainedPrompts(job, data.Template, data.ClassNames, result.Prompts, "prompts"), data.Test);
    }

    public void Dispose() => _folder.Dispose();

    private void Exported(ClipModel model, TrainedPrompts trained, IImageSplit images)
    {
        var (preprocessor, size) = (new ClipPreprocessor(model.Config.ImageSize), model.Config.ImageSize);
        OnnxExport.Write(_folder.At("model.onnx"), new(model, new TwoWords(), preprocessor), trained, new Dictionary<string, string>());
        using var onnx = new OnnxModel(_folder.At("model.onnx"));
        using var predictor = new PromptPredictor(model, new TwoWords(), preprocessor, trained);
        var (agreement, pixels) = (new Agreement(), new float[preprocessor.ByteCount()]);
        for (var i = 0; i < images.Labels.Count; i++)
        {
            preprocessor.Prepare(images.Load(i), pixels);
            agreement.Add($"image {i}", predictor.Logits([images.Load(i)])[0], onnx.Run(pixels, 1, 3, size, size)[0]);
        }
        agreement.Check();
    }

    /// <summary>Token ids of the published vocabulary for start, "cat" or "dog", and end.</summary>
    private sealed class TwoWords : ITokenizer
    {
        public int[] Encode(string text) => [49406, text.Contains("cat", StringComparison.Ordinal) ? 2368 : 1929, 49407];
    }
}
