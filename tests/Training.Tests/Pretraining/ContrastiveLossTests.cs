using AdaptCluster.Training.Pretraining;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Pretraining;

public sealed class ContrastiveLossTests
{
    [Fact]
    public void Distinct_captions_give_the_symmetric_cross_entropy_of_CLIP()
    {
        using var scope = torch.NewDisposeScope();
        var logits = torch.tensor(new float[,] { { 2, 1 }, { 0, 3 } });

        var loss = ContrastiveLoss.Of(logits, [0, 1]).item<float>();

        // Rows: ln(1 + e^-1), ln(1 + e^-3); columns: ln(1 + e^-2), ln(1 + e^-2).
        var rows = (Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(-3))) / 2;
        Assert.Equal((rows + Math.Log(1 + Math.Exp(-2))) / 2, loss, 1e-6);
    }

    [Fact]
    public void Pictures_with_one_caption_share_its_text_and_are_no_negatives_of_each_other()
    {
        using var scope = torch.NewDisposeScope();
        var logits = torch.tensor(new float[,] { { 30, 0 }, { 30, 0 }, { 0, 30 } });

        var loss = ContrastiveLoss.Of(logits, [0, 0, 1]).item<float>();

        // Perfect rows; the first text is torn between two pictures (ln 2), the second is sure.
        Assert.Equal(Math.Log(2) / 4, loss, 1e-6);
    }
}
