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
    public void A_training_run_has_the_losses_masks_and_final_prompts_of_the_reference(string folder, string run)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = new GoldenModel(folder);
        using var training = new Training(golden, folder, run);
        var expected = training.Expected;
        var losses = expected["loss"].data<float>().ToArray();
        var pruned = new List<int>();
        for (var iteration = 1; iteration <= losses.Length; iteration++)
        {
            var (images, labels) = training.Batch(iteration);
            var result = TrainingStep.Run(training.Method, images, labels, training.Sgd, training.Rates[iteration - 1], iteration);
            Assert.Equal(losses[iteration - 1], result.Loss, 5e-5);
            if (result.PruneStep is not { } step) continue;
            Assert.Equal(expected["masks_f"][pruned.Count].contiguous().bytes.ToArray(), step.ImageMask);
            Assert.Equal(expected["masks_g"][pruned.Count].contiguous().bytes.ToArray(), step.TextMask);
            pruned.Add(step.Iteration);
        }
        Assert.Equal(training.PruneIterations, pruned);
        CheckEnd(training.Method, expected);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Accumulated_scores_at_each_prune_step_are_those_of_the_reference(string folder, string run)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = new GoldenModel(folder);
        using var training = new Training(golden, folder, run);
        var method = training.Method;
        for (var iteration = 1; iteration <= training.PruneIterations.LastOrDefault(); iteration++)
        {
            var (images, labels) = training.Batch(iteration);
            TrainingStep.Differentiate(method.Forward(images, labels).Loss, method.Trained);
            method.BeforeUpdate(iteration);
            var step = Array.IndexOf(training.PruneIterations, iteration);
            if (step >= 0) CheckScores(method, training.Expected, step);
            foreach (var tensor in method.Trained) training.Sgd.Update(tensor, training.Rates[iteration - 1]);
            method.AfterUpdate(iteration);
        }
    }

    private static void CheckScores(AdaptMethod method, Dictionary<string, torch.Tensor> expected, int step)
    {
        var state = method.State();
        foreach (var (branch, suffix) in new[] { ("image", "f"), ("text", "g") })
        {
            var mask = state[$"{branch}.mask"].to_type(torch.float32);
            var what = $"scores of {branch} at prune step {step + 1}";
            GoldenModel.Agree(expected[$"scores_{suffix}"][step] * mask, state[$"{branch}.scores"], 1e-4, what);
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

    private static JsonDocument Settings(string folder) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "train", "runs.json")));

    /// <summary>One run of the files, set up at its first iteration.</summary>
    private sealed class Training : IDisposable
    {
        private readonly Dictionary<string, torch.Tensor> _data;
        private readonly torch.Tensor _embedded;

        internal Training(GoldenModel golden, string folder, string run)
        {
            using var json = TrainGoldenTests.Settings(folder);
            var settings = json.RootElement.GetProperty(run);
            int Number(string key) => settings.GetProperty(key).GetInt32();
            _data = GoldenModel.Read(Path.Combine(folder, "train", "data.safetensors"));
            _embedded = golden.Model.EmbedImages(_data["pixel_values"]);
            Expected = GoldenModel.Read(Path.Combine(folder, "train", run + ".safetensors"));
            Rates = Expected["lr"].to_type(torch.float64).data<double>().ToArray();
            PruneIterations = Expected["prune_iter"].to_type(torch.int32).data<int>().ToArray();
            Sgd = new Sgd(settings.GetProperty("momentum").GetDouble(), settings.GetProperty("weight_decay").GetDouble());
            var (scorer, reduction) = GoldenModel.Scorer(settings.GetProperty("scorer").GetString()!);
            Method = new AdaptMethod(
                golden.Model, golden.Model.PrepareTexts(GoldenModel.Texts(_data["input_ids"])),
                GoldenModel.Branch("image", _data["P_f"], null), GoldenModel.Branch("text", _data["P_g"], null),
                new PruneSchedule(Number("warmup_iterations"), Number("n_k"), Number("r_p"), Number("target")), scorer, reduction);
        }

        internal Dictionary<string, torch.Tensor> Expected { get; }

        internal double[] Rates { get; }

        internal int[] PruneIterations { get; }

        internal Sgd Sgd { get; }

        internal AdaptMethod Method { get; }

        internal (torch.Tensor Images, torch.Tensor Labels) Batch(int iteration)
        {
            var rows = _data["batches"][iteration - 1];
            return (_embedded.index_select(0, rows), _data["labels"].index_select(0, rows));
        }

        public void Dispose() => Method.Dispose();
    }
}
