using System.Text.Json;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Methods.Adapt;
using AdaptCluster.Training.Optimisation;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Golden;

public sealed class TrainGoldenTests
{
    /// <summary>Each run by itself and with seven other lanes in the same steps, attended to in turn and padded.</summary>
    public static TheoryData<string, string, int, bool> Runs
    {
        get
        {
            var runs = new TheoryData<string, string, int, bool>();
            foreach (var folder in GoldenFolders.Holding("train/runs.json"))
            {
                using var json = Settings(folder);
                foreach (var run in json.RootElement.EnumerateObject())
                    foreach (var (others, padded) in ((int, bool)[])[(0, false), (7, false), (7, true)])
                        runs.Add(folder, run.Name, others, padded);
            }
            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_training_run_has_the_losses_masks_and_final_prompts_of_the_reference(string folder, string run, int others, bool padded)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = new GoldenModel(folder);
        golden.Model.PadsPrompts = padded;
        using var training = new Training(golden, folder, run, others);
        var expected = training.Expected;
        var losses = expected["loss"].cpu().data<float>().ToArray();
        var pruned = new List<int>();
        for (var iteration = 1; iteration <= losses.Length; iteration++)
        {
            Assert.Equal(losses[iteration - 1], training.Differentiate(iteration).Loss, 5e-5);
            if (training.Update(iteration) is not { } step) continue;
            Assert.Equal(GoldenModel.Bytes(expected["masks_f"][pruned.Count]), step.ImageMask);
            Assert.Equal(GoldenModel.Bytes(expected["masks_g"][pruned.Count]), step.TextMask);
            pruned.Add(step.Iteration);
        }
        Assert.Equal(training.PruneIterations, pruned);
        CheckEnd(training.Method, expected);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Accumulated_scores_at_each_prune_step_are_those_of_the_reference(string folder, string run, int others, bool padded)
    {
        using var scope = torch.NewDisposeScope();
        using var golden = new GoldenModel(folder);
        golden.Model.PadsPrompts = padded;
        using var training = new Training(golden, folder, run, others);
        var method = training.Method;
        for (var iteration = 1; iteration <= training.PruneIterations.LastOrDefault(); iteration++)
        {
            training.Differentiate(iteration);
            method.BeforeUpdate(iteration);
            var step = Array.IndexOf(training.PruneIterations, iteration);
            if (step >= 0) CheckScores(method, training.Expected, step);
            training.Advance(iteration);
        }
    }

    private static void CheckScores(AdaptMethod method, Dictionary<string, torch.Tensor> expected, int step)
    {
        var state = method.State();
        foreach (var (branch, suffix) in new[] { ("image", "f"), ("text", "g") })
        {
            var mask = state[$"{branch}.mask"].to_type(torch.float32);
            var what = $"scores of {branch} at prune step {step + 1}";
            GoldenModel.Agree(expected[$"scores_{suffix}"][step] * mask.to(TestDevice.Here), state[$"{branch}.scores"], 1e-4, what);
        }
    }

    private static void CheckEnd(AdaptMethod method, Dictionary<string, torch.Tensor> expected)
    {
        var weights = method.Weights();
        foreach (var (branch, suffix) in new[] { ("image", "f"), ("text", "g") })
        {
            Assert.Equal(GoldenModel.Bytes(expected[$"final_M_{suffix}"]), GoldenModel.Bytes(weights[$"{branch}.mask"]));
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
        private readonly PreparedTexts _texts;
        private readonly List<AdaptMethod> _lanes;

        internal Training(GoldenModel golden, string folder, string run, int others)
        {
            using var json = TrainGoldenTests.Settings(folder);
            var settings = json.RootElement.GetProperty(run);
            int Number(string key) => settings.GetProperty(key).GetInt32();
            _data = GoldenModel.Read(Path.Combine(folder, "train", "data.safetensors"));
            _embedded = golden.Model.EmbedImages(_data["pixel_values"]);
            Expected = GoldenModel.Read(Path.Combine(folder, "train", run + ".safetensors"));
            Rates = Expected["lr"].cpu().to_type(torch.float64).data<double>().ToArray();
            PruneIterations = Expected["prune_iter"].cpu().to_type(torch.int32).data<int>().ToArray();
            Sgd = new Sgd(settings.GetProperty("momentum").GetDouble(), settings.GetProperty("weight_decay").GetDouble());
            var seed = settings.TryGetProperty("seed", out var given) && given.ValueKind == JsonValueKind.Number ? given.GetInt32() : 0;
            var saliency = GoldenModel.Saliency(settings.GetProperty("scorer").GetString()!, seed);
            _texts = golden.Model.PrepareTexts(GoldenModel.Texts(_data["input_ids"]));
            var schedule = new PruneSchedule(Number("warmup_iterations"), Number("n_k"), Number("r_p"), Number("target"));
            AdaptMethod Lane(torch.Tensor image, torch.Tensor text) => new(
                golden.Model, _texts, GoldenModel.Branch("image", image, null), GoldenModel.Branch("text", text, null),
                schedule, saliency);
            Method = Lane(_data["P_f"], _data["P_g"]);
            _lanes = [.. Enumerable.Range(0, others).Select(_ => Lane(torch.randn_like(_data["P_f"]), torch.randn_like(_data["P_g"])))];
            _lanes.Insert(others / 2, Method);
        }

        internal Dictionary<string, torch.Tensor> Expected { get; }

        internal double[] Rates { get; }

        internal int[] PruneIterations { get; }

        internal Sgd Sgd { get; }

        internal AdaptMethod Method { get; }

        /// <summary>Sets the gradients of all lanes; the others read other images.</summary>
        internal StepResult Differentiate(int iteration) => TrainingStep.Differentiate([.. _lanes.Select((lane, i) =>
        {
            var rows = lane == Method ? _data["batches"][iteration - 1] : _data["batches"][(iteration + i) % _data["batches"].shape[0]];
            return new LaneBatch(lane, _embedded.index_select(0, rows), _data["labels"].index_select(0, rows));
        })])[_lanes.IndexOf(Method)];

        /// <summary>Updates all lanes, the one of the run without what its scores take in before.</summary>
        internal void Advance(int iteration)
        {
            foreach (var tensor in Method.Trained) Sgd.Update(tensor, Rates[iteration - 1]);
            foreach (var lane in _lanes.Where(lane => lane != Method))
            {
                lane.BeforeUpdate(iteration);
                Sgd.Update(lane.Trained, Rates[iteration - 1]);
            }
            foreach (var lane in _lanes) lane.AfterUpdate(iteration);
        }

        /// <summary>Updates all lanes.</summary>
        internal PruneStep? Update(int iteration)
        {
            foreach (var lane in _lanes)
            {
                lane.BeforeUpdate(iteration);
                Sgd.Update(lane.Trained, Rates[iteration - 1]);
            }
            return _lanes.Select(lane => (lane, step: lane.AfterUpdate(iteration))).Single(item => item.lane == Method).step;
        }

        public void Dispose()
        {
            foreach (var lane in _lanes) lane.Dispose();
            _texts.Dispose();
        }
    }
}
