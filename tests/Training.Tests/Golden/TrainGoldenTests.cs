using System.Text.Json;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods.Adapt;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Golden;

public sealed class TrainGoldenTests
{
    public static TheoryData<string, string> Runs
    {
        get
        {
            var runs = new TheoryData<string, string>();
            foreach (var folder in GoldenFolders.Holding("train/runs.json"))
            {
                using var json = Settings(folder);
                foreach (var run in json.RootElement.EnumerateObject()) runs.Add(folder, run.Name);
            }
            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_training_run_has_the_losses_scores_masks_and_final_prompts_of_the_reference(string folder, string run)
    {
        using var golden = new GoldenModel(folder);
        using var scope = torch.NewDisposeScope();
        using var json = Settings(folder);
        var settings = json.RootElement.GetProperty(run);
        var data = GoldenModel.Read(Path.Combine(folder, "train", "data.safetensors"));
        var expected = GoldenModel.Read(Path.Combine(folder, "train", run + ".safetensors"));
        var (image, text) = (GoldenModel.Branch("image", data["P_f"], null), GoldenModel.Branch("text", data["P_g"], null));
        using var method = Method(golden, settings, data["input_ids"], image, text);
        var sgd = new Sgd(settings.GetProperty("momentum").GetDouble(), settings.GetProperty("weight_decay").GetDouble());
        var embedded = golden.Model.EmbedImages(data["pixel_values"]);
        var (losses, rates) = (expected["loss"].data<float>().ToArray(), expected["lr"].to_type(torch.float64).data<double>().ToArray());
        var pruned = new List<int>();
        for (var iteration = 1; iteration <= losses.Length; iteration++)
        {
            var rows = data["batches"][iteration - 1];
            var result = TrainingStep.Run(method, embedded.index_select(0, rows), data["labels"].index_select(0, rows), sgd, rates[iteration - 1], iteration);
            Assert.Equal(losses[iteration - 1], result.Loss, 1e-4);
            if (result.PruneStep is not { } step) continue;
            Assert.Equal(expected["masks_f"][pruned.Count].contiguous().bytes.ToArray(), step.ImageMask);
            Assert.Equal(expected["masks_g"][pruned.Count].contiguous().bytes.ToArray(), step.TextMask);
            pruned.Add(step.Iteration);
        }
        Assert.Equal(expected["prune_iter"].to_type(torch.int32).data<int>().ToArray(), pruned);
        CheckEnd(method, expected);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Accumulated_scores_at_each_prune_step_are_those_of_the_reference(string folder, string run)
    {
        using var golden = new GoldenModel(folder);
        using var scope = torch.NewDisposeScope();
        using var json = Settings(folder);
        var settings = json.RootElement.GetProperty(run);
        var data = GoldenModel.Read(Path.Combine(folder, "train", "data.safetensors"));
        var expected = GoldenModel.Read(Path.Combine(folder, "train", run + ".safetensors"));
        var (image, text) = (GoldenModel.Branch("image", data["P_f"], null), GoldenModel.Branch("text", data["P_g"], null));
        using var method = Method(golden, settings, data["input_ids"], image, text);
        var sgd = new Sgd(settings.GetProperty("momentum").GetDouble(), settings.GetProperty("weight_decay").GetDouble());
        var embedded = golden.Model.EmbedImages(data["pixel_values"]);
        var rates = expected["lr"].to_type(torch.float64).data<double>().ToArray();
        var prunes = expected["prune_iter"].to_type(torch.int32).data<int>().ToArray();
        for (var iteration = 1; iteration <= prunes.LastOrDefault(); iteration++)
        {
            var rows = data["batches"][iteration - 1];
            var output = method.Forward(embedded.index_select(0, rows), data["labels"].index_select(0, rows));
            var gradients = torch.autograd.grad([output.Loss], [.. method.Trained.Where(t => t.Value.shape[0] > 0).Select(t => t.Value)]);
            var next = 0;
            foreach (var tensor in method.Trained) tensor.Gradient = tensor.Value.shape[0] > 0 ? gradients[next++] : torch.zeros_like(tensor.Value);
            method.BeforeUpdate(iteration);
            var step = Array.IndexOf(prunes, iteration);
            if (step >= 0) CheckScores(method, expected, step);
            foreach (var tensor in method.Trained) sgd.Update(tensor, rates[iteration - 1]);
            method.AfterUpdate(iteration);
        }
    }

    private static AdaptMethod Method(GoldenModel golden, JsonElement settings, torch.Tensor ids, PromptBranch image, PromptBranch text)
    {
        int Number(string key) => settings.GetProperty(key).GetInt32();
        var (scorer, reduction) = GoldenModel.Scorer(settings.GetProperty("scorer").GetString()!);
        var schedule = new PruneSchedule(Number("warmup_iterations"), Number("n_k"), Number("r_p"), Number("target"));
        return new AdaptMethod(golden.Model, golden.Model.PrepareTexts(GoldenModel.Texts(ids)), image, text, schedule, scorer, reduction);
    }

    private static void CheckScores(AdaptMethod method, Dictionary<string, torch.Tensor> expected, int step)
    {
        var state = method.State();
        foreach (var (branch, suffix) in new[] { ("image", "f"), ("text", "g") })
        {
            var mask = state[$"{branch}.mask"].to_type(torch.float32);
            GoldenModel.Agree(expected[$"scores_{suffix}"][step] * mask, state[$"{branch}.scores"], 2e-4, $"scores of {branch} at prune step {step + 1}");
        }
    }

    private static void CheckEnd(AdaptMethod method, Dictionary<string, torch.Tensor> expected)
    {
        var weights = method.Weights();
        foreach (var (branch, suffix) in new[] { ("image", "f"), ("text", "g") })
        {
            Assert.Equal(expected[$"final_M_{suffix}"].bytes.ToArray(), weights[$"{branch}.mask"].bytes.ToArray());
            GoldenModel.AgreeAbsolutely(expected[$"final_P_{suffix}"], weights[$"{branch}.prompts"], 1e-4, $"final prompts of {branch}");
        }
    }

    private static JsonDocument Settings(string folder) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "train", "runs.json")));
}
