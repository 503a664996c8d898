using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Tests.Backbones.Clip;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Backbones;

/// <summary>
/// Lanes with different prompts in one padded attention call: the features and gradients of a call each, and no more work than that.
/// PlainPathTests holds whole steps against the plain path.
/// </summary>
public sealed class PromptPaddingTests(SmallClip clip) : IClassFixture<SmallClip>
{
    private const int Images = 2;

    /// <summary>Prompt rows by lane and block of the image tower; SmallClip has two blocks.</summary>
    private static readonly int[][] _uneven = [[3, 0], [0, 0], [9, 1], [1, 12]];

    private static readonly int[][] _even = [[2, 0], [2, 0], [2, 0]];

    [Fact]
    public void Each_lane_has_the_rows_of_the_largest_rounded_up_unless_all_are_equal()
    {
        using var padding = new PromptPadding();
        Assert.Equal(16, padding.At(0, [3, 0, 9]).Rows);
        Assert.Equal(8, padding.At(1, [8, 0]).Rows);
        Assert.Equal(5, padding.At(2, [5, 5, 5]).Rows);
        Assert.Equal(0, padding.At(3, [0, 0]).Rows);
    }

    [Fact]
    public void What_the_counts_determine_is_kept_until_they_change()
    {
        using var padding = new PromptPadding();
        using var scope = torch.NewDisposeScope();
        var first = padding.At(0, [3, 0, 9]);
        var sequences = new ImageSequences { Count = 2, Own = 5, Read = 1 };
        var masks = first.Masks(sequences, torch.ScalarType.Float32, torch.CPU);

        Assert.Same(first, padding.At(0, [3, 0, 9]));
        Assert.Same(masks, first.Masks(new ImageSequences { Count = 2, Own = 5, Read = 1 }, torch.ScalarType.Float32, torch.CPU));
        Assert.NotSame(masks, first.Masks(sequences, torch.ScalarType.BFloat16, torch.CPU));
        Assert.NotSame(first, padding.At(0, [3, 0, 8]));
    }

    [Fact]
    public void Masks_hide_the_filling_alone_and_start_each_row_where_a_gpu_reads_it()
    {
        using var padding = new PromptPadding();
        using var scope = torch.NewDisposeScope();
        var sequences = new ImageSequences { Count = 1, Own = 2, Read = 1 };
        var mask = padding.At(0, [3, 0]).Masks(sequences, torch.ScalarType.Float32, torch.CPU).Own!;
        const float no = float.NegativeInfinity;
        Assert.Equal([2, 1, 1, 10], mask.shape);
        Assert.Equal([0, 0, 0, no, no, no, no, no, 0, 0, no, no, no, no, no, no, no, no, 0, 0], mask.contiguous().data<float>().ToArray());
        Assert.All(mask.stride()[..^1], stride => Assert.Equal(0, stride % 16));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Features_and_gradients_are_those_of_a_call_for_each_lane(bool even)
    {
        using var scope = torch.NewDisposeScope();
        var counts = even ? _even : _uneven;
        var embedded = clip.Model.EmbedImages(torch.randn(counts.Length * Images, 3, 8, 8));
        var (plain, padded) = (Prompts(counts, VisionWidth), Prompts(counts, VisionWidth));
        using var padding = new PromptPadding();
        var alone = clip.Model.EncodeEmbeddedImages(embedded, new TowerPrompts(plain));
        var together = clip.Model.EncodeEmbeddedImages(embedded, new TowerPrompts(padded, padding));
        AssertClose(alone, plain, together, padded);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Texts_in_several_sequences_behind_a_shared_start_have_them_too(bool joint)
    {
        using var scope = torch.NewDisposeScope();
        int[][] counts = [[3, 0, 2], [0, 0, 0], [9, 1, 0]];
        var model = joint ? clip.Model.In(torch.ScalarType.Float32) : clip.Model;
        using var texts = model.PrepareTexts(
            [.. Enumerable.Range(0, 60).Select(k => (int[])[38, 1, 2, 3, 4 + (k % 30), 4 + (k / 30), 5, 39])]);
        Assert.True(texts.Sequences is { Shared: > 0, Count: > 1 });
        var (plain, padded) = (Prompts(counts, SmallClip.Config.Text.Width), Prompts(counts, SmallClip.Config.Text.Width));
        using var padding = new PromptPadding();
        var alone = clip.Model.EncodeTexts(texts, new TowerPrompts(plain));
        var together = model.EncodeTexts(texts, new TowerPrompts(padded, padding));
        AssertClose(alone, plain, together, padded);
    }

    [Fact]
    public void A_lane_whose_prompts_are_no_numbers_leaves_the_others_alone()
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var embedded = clip.Model.EmbedImages(torch.randn(_uneven.Length * Images, 3, 8, 8));
        var prompts = Prompts(_uneven, VisionWidth);
        using var padding = new PromptPadding();
        var sound = clip.Model.EncodeEmbeddedImages(embedded, new TowerPrompts(prompts, padding));
        using var notANumber = float.NaN.ToScalar();
        prompts[0][0].fill_(notANumber);
        var beside = clip.Model.EncodeEmbeddedImages(embedded, new TowerPrompts(prompts, padding));
        Assert.True(beside.narrow(0, 0, Images).isnan().all().item<bool>());
        Assert.True(sound.narrow(0, Images, 3 * Images).eq(beside.narrow(0, Images, 3 * Images)).all().item<bool>());
    }

    [Fact]
    public void The_backward_pass_still_ends_at_the_first_prompted_block()
    {
        using var scope = torch.NewDisposeScope();
        var texts = clip.Model.PrepareTexts([[38, 1, 2, 39], [38, 1, 3, 4, 39]]);
        using var padding = new PromptPadding();
        var rows = torch.randn(3, SmallClip.Config.Text.Width).requires_grad_();
        var reached = new List<bool>();
        var prompts = new TowerPrompts([[null, null, rows], [null, null, rows.narrow(0, 0, 1)]], padding);
        var features = clip.Model.Text.Forward(texts.Rows(2), texts.Sequences, prompts, (_, x) =>
        {
            reached.Add(x.requires_grad);
            return x;
        });
        Assert.Equal([false, false], reached);
        Assert.True(features.requires_grad);
        texts.Dispose();
    }

    private static long VisionWidth => SmallClip.Config.Vision.Width;

    private static torch.Tensor[][] Prompts(int[][] counts, long width)
    {
        torch.manual_seed(5);
        return [.. counts.Select(lane => lane.Select(rows => torch.randn(rows, width).requires_grad_()).ToArray())];
    }

    /// <summary>Features, and gradients of the same loss.</summary>
    private static void AssertClose(torch.Tensor alone, torch.Tensor[][] plain, torch.Tensor together, torch.Tensor[][] padded)
    {
        AssertClose(alone, together);
        alone.square().sum().backward();
        together.square().sum().backward();
        foreach (var (expected, found) in plain.SelectMany(lane => lane).Zip(padded.SelectMany(lane => lane)))
            if (expected.shape[0] > 0) AssertClose(expected.grad!, found.grad!);
    }

    private static void AssertClose(torch.Tensor expected, torch.Tensor found)
    {
        Assert.Equal(expected.shape, found.shape);
        var apart = (expected - found).abs().max().item<float>();
        Assert.InRange(apart, 0, 1e-5 * expected.abs().max().item<float>());
    }
}
