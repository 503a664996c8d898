using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones;
using CsCheck;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Backbones.Clip;

public sealed class ClipModelTests(SmallClip clip) : IClassFixture<SmallClip>
{
    private const double Tolerance = 2e-5;

    [Fact]
    public void Texts_that_share_their_start_and_length_give_the_features_that_each_gives_alone()
    {
        var text = Gen.Select(Gen.Int[1, 37].Array[0, 3], Gen.Int[1, 37].Array[1, 4].Array[1, 5]);
        text.Sample(t =>
        {
            using var scope = torch.NewDisposeScope();
            var (start, ends) = t;
            int[][] texts = [.. ends.Select(e => (int[])[38, .. start, .. e, 39])];
            var prompts = Prompts(clip.Model.Config.Text.Width, [2, 0, 1]);
            var together = Encode(texts, prompts);
            for (var i = 0; i < texts.Length; i++) AssertClose(Encode([texts[i]], prompts)[0], together[i]);
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void What_stands_behind_the_end_of_a_text_does_not_matter()
    {
        using var scope = torch.NewDisposeScope();
        AssertClose(Encode([[38, 7, 8, 39]], null), Encode([[38, 7, 8, 39, 0, 5, 39, 1]], null));
    }

    [Fact]
    public void Texts_of_one_class_twice_have_the_same_features()
    {
        using var scope = torch.NewDisposeScope();
        var features = Encode([[38, 7, 39], [38, 7, 39]], null);
        AssertClose(features[0], features[1]);
    }

    [Fact]
    public void Images_in_a_batch_give_the_features_that_each_gives_alone()
    {
        using var scope = torch.NewDisposeScope();
        var pixels = torch.randn(4, 3, 8, 8, generator: new torch.Generator(2));
        var prompts = Prompts(clip.Model.Config.Vision.Width, [3, 1]);
        var together = clip.Model.EncodeImages(pixels, prompts);
        for (var i = 0; i < 4; i++) AssertClose(clip.Model.EncodeImages(pixels.narrow(0, i, 1), prompts)[0], together[i]);
    }

    [Fact]
    public void Blocks_without_prompts_are_the_same_whether_the_list_holds_null_nothing_or_no_rows()
    {
        using var scope = torch.NewDisposeScope();
        var pixels = torch.randn(2, 3, 8, 8, generator: new torch.Generator(2));
        var plain = clip.Model.EncodeImages(pixels);
        AssertClose(plain, clip.Model.EncodeImages(pixels, [null, null]));
        AssertClose(plain, clip.Model.EncodeImages(pixels, [torch.zeros(0, 32)]));
    }

    [Fact]
    public void A_prompt_of_zeros_is_not_the_same_as_none()
    {
        using var scope = torch.NewDisposeScope();
        var pixels = torch.randn(2, 3, 8, 8, generator: new torch.Generator(2));
        var difference = clip.Model.EncodeImages(pixels, [torch.zeros(4, 32)]) - clip.Model.EncodeImages(pixels);
        Assert.True(difference.abs().max().item<float>() > 1e-4);
    }

    [Theory]
    [InlineData(new[] { 38, 40, 39 }, "Token id 40 is not in the model's vocabulary of 40")]
    [InlineData(new[] { 38, -1, 39 }, "Token id -1")]
    [InlineData(new[] { 39 }, "A text has 1 tokens, but the model accepts 2 to 12")]
    [InlineData(new[] { 38, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 39 }, "A text has 13 tokens")]
    public void A_text_that_the_model_cannot_take_is_refused(int[] text, string expected)
    {
        var error = Assert.Throws<InvalidInputException>(() => clip.Model.PrepareTexts([text]));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pixels_of_another_size_are_refused() =>
        Assert.Throws<ArgumentException>(() => clip.Model.EmbedImages(torch.zeros(1, 3, 8, 9)));

    private static torch.Tensor?[] Prompts(int width, int[] counts) =>
        [.. counts.Select((n, block) => n == 0 ? null : torch.randn(n, width, generator: new torch.Generator((ulong)block + 7)))];

    private static void AssertClose(torch.Tensor expected, torch.Tensor actual)
    {
        var error = (expected - actual).abs().max().item<float>();
        Assert.True(error < Tolerance, $"error {error}");
    }

    private torch.Tensor Encode(int[][] texts, torch.Tensor?[]? prompts)
    {
        using var prepared = clip.Model.PrepareTexts(texts);
        return clip.Model.EncodeTexts(prepared, prompts);
    }
}
