using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Backbones.Clip;

public sealed class ContextTextsTests(SmallClip clip) : IClassFixture<SmallClip>
{
    private static readonly List<int[]> _texts = [[38, 1, 2, 7, 3, 39], [38, 1, 2, 7, 7, 8, 3, 39], [38, 1, 2, 9, 3, 39]];

    /// <summary>The embeddings of some tokens of each text, [texts, length, width].</summary>
    internal static torch.Tensor Embed(ClipModel model, IReadOnlyList<int[]> texts, int first, int length) =>
        ContextTexts.Embed(model, [.. texts.SelectMany(text => text[first..(first + length)])]).view(texts.Count, length, -1);

    [Fact]
    public void Texts_whose_context_is_their_own_words_have_the_features_of_the_texts()
    {
        using var scope = torch.NewDisposeScope();
        using var texts = new ContextTexts(clip.Model, _texts, first: 1, length: 2);
        AssertSame(texts.Encode(ContextTexts.Embed(clip.Model, [1, 2]).unsqueeze(0))[0]);
    }

    [Fact]
    public void Texts_whose_names_start_alike_may_have_tokens_of_their_own_there()
    {
        using var scope = torch.NewDisposeScope();
        using var texts = new ContextTexts(clip.Model, _texts, first: 3, length: 1, ownTokens: true);
        AssertSame(texts.Encode(Embed(clip.Model, _texts, 3, 1))[0]);
        var changed = Embed(clip.Model, _texts, 3, 1);
        changed[0].copy_(torch.ones_like(changed[0]));
        var (before, after) = (clip.Model.EncodeTexts(Prepared()), texts.Encode(changed)[0]);
        Assert.NotEqual(before[0], after[0]);
        AssertClose(before[1], after[1]);
    }

    [Fact]
    public void Several_contexts_at_once_give_what_each_gives_by_itself_bit_for_bit()
    {
        using var scope = torch.NewDisposeScope();
        using var texts = new ContextTexts(clip.Model, _texts, first: 1, length: 2);
        var contexts = torch.randn(5, 2, SmallClip.Config.Text.Width);
        var together = texts.Encode(contexts);
        for (var i = 0; i < 5; i++) Assert.Equal(texts.Encode(contexts.narrow(0, i, 1))[0], together[i]);
    }

    [Fact]
    public void A_text_without_a_place_for_the_context_is_refused()
    {
        var error = Assert.Throws<InvalidInputException>(() => new ContextTexts(clip.Model, [new int[13]], first: 1, length: 8));
        Assert.Equal(
            "The longest text has 13 tokens including start and end, 8 of them trained, but the model accepts at most 12. "
            + "Lower contextLength, or shorten the class name or the template.", error.Message);
    }

    private PreparedTexts Prepared() => clip.Model.PrepareTexts(_texts);

    private void AssertSame(torch.Tensor found)
    {
        using var prepared = Prepared();
        AssertClose(clip.Model.EncodeTexts(prepared), found);
    }

    private static void AssertClose(torch.Tensor expected, torch.Tensor found) =>
        Assert.True(torch.allclose(expected, found, rtol: 1e-5, atol: 1e-6), "The features differ.");
}
