using System.Text;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Tests.Data;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Methods;

/// <summary>The methods at their presets on ViT-B/16 have as many parameters as table 1 of the paper prints.</summary>
public sealed class ParameterCountTests(ParameterCountTests.Widths widths) : IClassFixture<ParameterCountTests.Widths>
{
    private static readonly ClipConfig _vitB16 = ClipConfigJson.Read(
        Encoding.UTF8.GetBytes("""{"vision_config":{"patch_size":16}}"""), "config.json");

    /// <summary>
    /// Of the size of ViT-B/16 in all that the counts depend on; the MLPs and the vocabulary, which they do not, are small.
    /// </summary>
    public sealed class Widths : IDisposable
    {
        private readonly ScratchFolder _folder = new();

        public Widths()
        {
            var config = _vitB16 with
            {
                VocabularySize = 400,
                Vision = _vitB16.Vision with { MlpWidth = 4 },
                Text = _vitB16.Text with { MlpWidth = 4 },
            };
            using (var random = ClipModel.CreateRandom(config, seed: 1)) random.Save(_folder.Root, torch.ScalarType.Float16);
            Model = ClipModel.Load(_folder.Root, torch.CPU);
        }

        public ClipModel Model { get; }

        public void Dispose()
        {
            Model.Dispose();
            _folder.Dispose();
        }
    }

    [Theory]
    [InlineData(MethodNames.ZeroShot, 0)]
    [InlineData(MethodNames.CoOp, 8_192)]
    [InlineData(MethodNames.CoCoOp, 35_360)]
    [InlineData(MethodNames.Vpt, 73_728)]
    [InlineData(MethodNames.Plot, 32_768)]
    [InlineData(MethodNames.Maple, 3_555_072)]
    [InlineData(MethodNames.ProGrad, 8_192)]
    [InlineData(MethodNames.KgCoOp, 2_048)]
    // For 100 classes, which the paper does not say.
    [InlineData(MethodNames.Lamm, 51_200)]
    public void Parameters_at_ViT_B_16_are_those_of_table_1(string method, long parameters)
    {
        using var scope = torch.NewDisposeScope();
        using var texts = widths.Model.PrepareTexts([new Words().Encode("a photo of a thing.")]);
        using var made = ((IMethodFactory)KnownMethods.All.Find(method)).Create(
            new MethodInputs(Job(method), widths.Model, new Words(), HundredClasses, texts, IterationsPerEpoch: 1));
        Assert.Equal(parameters, made.TrainableParameters);
    }

    private static JobDefinition Job(string method) => new()
    {
        Method = method,
        Backbone = "vit-b16",
        Dataset = new DatasetSource { Name = "hundred", Format = "folder" },
        Shots = 16,
        Seed = 1,
        Train = method == MethodNames.ZeroShot ? null : KnownMethods.All.Find(method).Preset,
    };

    private static FewShotData HundredClasses => new()
    {
        ClassNames = [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? $"thing{i}" : $"thing{i} thing")],
        Template = DatasetSource.DefaultTemplate,
        Train = new None(),
        Validation = new None(),
        Test = new None(),
    };

    private sealed class None : IImageSplit
    {
        public IReadOnlyList<int> Labels => [];

        public RgbImage Load(int index) => throw new InvalidOperationException("There is no image.");
    }

    private sealed class Words : ITokenizer
    {
        public int[] Encode(string text) =>
            [398, .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => 1 + (word.Sum(c => c) % 300)), 399];
    }
}
