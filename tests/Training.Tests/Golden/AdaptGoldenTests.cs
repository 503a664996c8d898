using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Methods.Adapt;
using AdaptCluster.Training.Methods.Adapt.Scorers;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Golden;

public sealed class AdaptGoldenTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var folder in GoldenFolders.Holding(GoldenModel.Marker))
            {
                foreach (var file in Directory.GetFiles(folder, "adapt_*.safetensors").Order(StringComparer.Ordinal))
                    cases.Add(folder, Path.GetFileName(file));
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_loss_gradients_and_scores_with_prompts_are_those_of_the_reference(string folder, string file)
    {
        using var golden = new GoldenModel(folder);
        using var scope = torch.NewDisposeScope();
        var forward = GoldenModel.Read(Path.Combine(folder, "forward.safetensors"));
        var expected = GoldenModel.Read(Path.Combine(folder, file));
        var image = GoldenModel.Branch("image", expected["P_f"], expected["M_f"]);
        var text = GoldenModel.Branch("text", expected["P_g"], expected["M_g"]);
        using var texts = golden.Model.PrepareTexts(GoldenModel.Texts(forward["input_ids"]));
        using var method = new AdaptMethod(
            golden.Model, texts, image, text, new PruneSchedule(0, 1, 1, 0), GoldenModel.Saliency("snip"));

        var output = method.Forward([new LaneBatch(method, golden.Model.EmbedImages(forward["pixel_values"]), expected["labels"])])[0];

        GoldenModel.AgreeAbsolutely(expected["logits"], output.Logits.detach(), 1e-4, "logits");
        GoldenModel.AgreeAbsolutely(expected["loss"], output.Loss.detach(), 5e-5, "loss");
        // A branch without a live token has no gradients to ask for; two of its files' rows are checked to be 0 all the same.
        CheckBranch(output.Loss, image, expected, "f");
        CheckBranch(output.Loss, text, expected, "g");
    }

    private static void CheckBranch(torch.Tensor loss, PromptBranch branch, Dictionary<string, torch.Tensor> expected, string suffix)
    {
        using var scope = torch.NewDisposeScope();
        var rows = branch.Rows.Value;
        var gradient = rows.shape[0] == 0
            ? torch.zeros_like(rows, requires_grad: false)
            : torch.autograd.grad([loss], [rows], retain_graph: true)[0];
        var full = expected[$"grad_P_{suffix}"];
        GoldenModel.Agree(full, Spread(branch, gradient, full.shape), 1e-4, $"gradient of {suffix}");
        foreach (var name in expected.Keys.Where(n => n.StartsWith("score_", StringComparison.Ordinal)))
        {
            if (!name.EndsWith($"_{suffix}", StringComparison.Ordinal)) continue;
            var saliency = GoldenModel.Saliency(name["score_".Length..^2]);
            var scores = saliency.Of((AccumulatedScorer)saliency.Scorer, rows.detach(), gradient);
            GoldenModel.Agree(expected[name], Spread(branch, scores.unsqueeze(1), expected[name].shape), 1e-4, name);
        }
    }

    private static torch.Tensor Spread(PromptBranch branch, torch.Tensor rows, long[] shape)
    {
        var positions = torch.tensor(branch.Mask.Live.ToArray().Select(p => (long)p).ToArray(), device: rows.device);
        return torch.zeros(shape[0] * shape[1], rows.shape[1], device: rows.device).index_copy(0, positions, rows).reshape(shape);
    }
}
