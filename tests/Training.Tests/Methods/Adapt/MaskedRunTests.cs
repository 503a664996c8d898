using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Methods.Adapt;
using AdaptCluster.Training.Tests.Backbones.Clip;
using AdaptCluster.Training.Tests.Golden;
using CsCheck;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Methods.Adapt;

public sealed class MaskedRunTests(SmallClip clip) : IClassFixture<SmallClip>
{
    [Fact]
    public void A_masked_run_is_the_run_with_the_rows_deleted_whatever_the_deleted_rows_held() =>
        Gen.Select(Gen.Bool.Array[6], Gen.Bool.Array[9]).Sample((image, text) =>
        {
            using var scope = torch.NewDisposeScope();
            var (prompts, pixels) = (Prompts(), torch.randn(4, 3, 8, 8, generator: new torch.Generator(1)));
            var labels = torch.tensor(new long[] { 0, 1, 0, 1 });
            using var prepared = clip.Model.PrepareTexts(Texts);
            using var masked = Method(prepared, prompts, image, text);
            using var littered = Method(prepared, Overwritten(prompts, image, text), image, text);
            var embedded = clip.Model.EmbedImages(pixels);
            torch.Tensor Logits(AdaptMethod method) => method.Forward([new LaneBatch(method, embedded, labels)])[0].Logits;
            var logits = Logits(masked);
            Assert.True(logits.detach().bytes.SequenceEqual(Logits(littered).detach().bytes));
            var deleted = clip.Model.Logits(
                clip.Model.EncodeImages(pixels, Rows(prompts.Image, image)), clip.Model.EncodeTexts(prepared, Rows(prompts.Text, text)));
            Assert.True((logits - deleted).abs().max().item<float>() < 1e-5);
        }, iter: 60, threads: 1);

    private static int[][] Texts => [[38, 3, 4, 39], [38, 3, 5, 6, 39]];

    private sealed record Pair(torch.Tensor Image, torch.Tensor Text);

    private static Pair Prompts() =>
        new(torch.randn(2, 3, 32, generator: new torch.Generator(4)), torch.randn(3, 3, 16, generator: new torch.Generator(5)));

    private static Pair Overwritten(Pair prompts, bool[] image, bool[] text) =>
        new(Overwritten(prompts.Image, image), Overwritten(prompts.Text, text));

    private static torch.Tensor Overwritten(torch.Tensor prompts, bool[] live) =>
        torch.where(torch.tensor(live).reshape(prompts.shape[0], prompts.shape[1], 1), prompts, torch.tensor(float.NaN));

    private static torch.Tensor?[] Rows(torch.Tensor prompts, bool[] live) =>
        [.. live.Chunk((int)prompts.shape[1]).Select((block, depth) => prompts[depth][torch.TensorIndex.Tensor(torch.tensor(block))])];

    private AdaptMethod Method(PreparedTexts texts, Pair prompts, bool[] image, bool[] text) => new(
        clip.Model, texts, Branch("image", prompts.Image, image), Branch("text", prompts.Text, text),
        new PruneSchedule(0, 1, 1, 0), GoldenModel.Saliency("snip"));

    private static PromptBranch Branch(string name, torch.Tensor prompts, bool[] live) =>
        GoldenModel.Branch(name, prompts, torch.tensor(live).reshape(prompts.shape[0], prompts.shape[1]));
}
