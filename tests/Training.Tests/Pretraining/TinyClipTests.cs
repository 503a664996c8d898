using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Pretraining;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Pretraining;

/// <summary>The model in models/tiny-clip.</summary>
public sealed class TinyClipTests
{
    private static readonly string Folder = Repository.At("models", "tiny-clip");

    public static TheoryData<string> Datasets => [.. DrawnDatasets.Names];

    [Fact]
    public void It_is_small_and_has_the_vocabulary_that_pretraining_learns()
    {
        var vocabulary = BpeTrainer.Train(CaptionedPictures.Words);
        using var model = ClipModel.Load(Folder, torch.CPU);

        Assert.True(Directory.GetFiles(Folder).Sum(file => new FileInfo(file).Length) < 4 << 20);
        Assert.Equal(vocabulary.Tokens.Count, model.Config.VocabularySize);
        var merges = File.ReadLines(Path.Combine(Folder, "merges.txt")).Skip(1);
        Assert.Equal(vocabulary.Merges.Select(pair => $"{pair.Left} {pair.Right}"), merges);
        Assert.Equal((17, 20), (model.Config.ImageTokens, model.Config.ContextLength));
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public void Every_class_of_a_data_set_fits_the_context_and_has_tokens_of_its_own(string name)
    {
        var data = DrawnDatasets.Find(name)!.Load(1, 1, null);

        var texts = Enumerable.Range(0, data.ClassNames.Count).Select(label => string.Join(' ', Tokenizer().Encode(data.Prompt(label))));

        Assert.Distinct(texts);
    }

    [Fact]
    public void Captions_fit_the_context_and_every_known_word_is_one_token()
    {
        var tokenizer = Tokenizer();

        Assert.All(Enumerable.Range(0, 3000), i => Assert.NotEmpty(tokenizer.Encode(CaptionedPictures.Draw(7, i).Caption)));
        Assert.All(CaptionedPictures.Words, word => Assert.Equal(3, tokenizer.Encode(word).Length));
    }

    [Fact]
    public void It_finds_the_captions_of_pictures_that_it_was_not_trained_on()
    {
        using var model = ClipModel.Load(Folder, torch.CPU);

        var result = Retrieval.Measure(model, Tokenizer(), new ClipPreprocessor(model.Config.ImageSize), seed: 99, first: 0);

        Assert.True(result.ImageToText > 0.5, $"{result}");
        Assert.True(result.TextToImage > 0.5, $"{result}");
    }

    [Theory]
    [InlineData("tiny-objects", 60, 100)]
    [InlineData("tiny-sketches", 16, 60)]
    [InlineData("tiny-turned", 16, 60)]
    [InlineData("tiny-foggy", 16, 60)]
    [InlineData("tiny-tinted", 20, 60)]
    [InlineData("tiny-kinds", 20, 60)]
    [InlineData("tiny-textures", 20, 60)]
    public void Zero_shot_is_clearly_above_chance_and_leaves_room_on_shifted_sets(string name, double above, double below)
    {
        using var model = ClipModel.Load(Folder, torch.CPU);
        using var runner = new JobRunner(
            model, Tokenizer(), new ClipPreprocessor(model.Config.ImageSize), _ => DrawnDatasets.Find(name)!.Load(1, 1, null));

        var result = runner.Run(
            new JobDefinition
            {
                Method = MethodNames.ZeroShot,
                Backbone = "tiny-clip",
                Dataset = new DatasetSource { Name = name, Format = "drawn" },
                Shots = 1,
                Seed = 1,
            },
            null, _ => { }, CancellationToken.None);

        Assert.InRange(100.0 * result.TestCorrect / result.TestTotal, above, below);
    }

    private static ClipTokenizer Tokenizer()
    {
        var config = ClipConfig.Load(Path.Combine(Folder, ClipConfig.FileName));
        return ClipTokenizer.Load(Folder, config.ContextLength, config.VocabularySize - 2, config.VocabularySize - 1);
    }
}
