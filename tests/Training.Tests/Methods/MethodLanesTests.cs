using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Numerics;
using AdaptCluster.Training.Optimisation;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tests.Backbones;
using AdaptCluster.Training.Tests.Data;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Methods;

/// <summary>
/// Lanes of one method, on a model of tiny-clip's size, whose products are large enough for a CPU library to cut them in several ways. What
/// a GPU does, where lanes pass the towers together, is held against what a CPU does, where each passes by itself.
/// </summary>
public sealed class MethodLanesTests : IDisposable
{
    private const int Classes = 10;
    private const int Steps = 5;

    private readonly ScratchFolder _folder = new();
    private readonly ClipModel _model;
    private readonly PreparedTexts _texts;
    private readonly FewShotData _data;
    private readonly int _threads = torch.get_num_threads();

    public MethodLanesTests()
    {
        var config = new ClipConfig
        {
            Vision = Tower(128, 2),
            Text = Tower(64, 1),
            ImageSize = 32,
            PatchSize = 8,
            VocabularySize = 683,
            ContextLength = 20,
            EmbeddingSize = 64,
        };
        using (var random = ClipModel.CreateRandom(config, seed: 1)) random.Save(_folder.Root);
        _model = ClipModel.Load(_folder.Root, torch.CPU);
        var none = new EmptySplit();
        _data = new FewShotData
        {
            ClassNames = [.. Enumerable.Range(0, Classes).Select(i => $"class{i}")],
            Template = "a photo of a {}.",
            Train = none,
            Validation = none,
            Test = none,
        };
        var words = new ClassTexts(new Words(), _data.Template, _data.ClassNames);
        _texts = _model.PrepareTexts(words.With(words.Before));
    }

    public static TheoryData<string, int> Methods =>
    [
        .. SmallJobs.Methods.SelectMany(method => ((int[])[1, 2]).Select(threads => new TheoryDataRow<string, int>(method, threads))),
    ];

    public static TheoryData<string> Trained => [.. SmallJobs.Methods];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Lanes_find_what_each_finds_alone_bit_for_bit(string method, int threads)
    {
        torch.set_num_threads(threads);
        // Seeds with batches of their own, arms of one seed that share its batches, and one whose batches are smaller.
        LaneSpec[] lanes = [new(1, 1, 4), new(2, 2, 4), new(3, 2, 4), new(4, 4, 3), new(5, 5, 4), new(6, 5, 4)];
        var together = Train(method, lanes);
        foreach (var (lane, found) in lanes.Zip(together))
        {
            var alone = Assert.Single(Train(method, [lane]));
            Assert.Equal(alone.Losses, found.Losses);
            Assert.Equal(alone.Weights, found.Weights);
        }
    }

    [Theory]
    [MemberData(nameof(Trained))]
    public void Lanes_that_pass_the_towers_together_find_what_each_finds_alone_but_for_rounding(string method)
    {
        using var scope = torch.NewDisposeScope();
        torch.set_num_threads(1);
        LaneSpec[] lanes = [new(1, 1, 4), new(2, 2, 4), new(3, 2, 4), new(4, 4, 3), new(5, 5, 4)];
        var (alone, together) = (Create(method, lanes, _model), Create(method, lanes, _model));
        foreach (var made in together.Cast<ILanesTogether>()) made.PassesTogether = true;
        var expected = Differentiate(0, lanes, alone);
        var found = Differentiate(0, lanes, together);
        for (var i = 0; i < lanes.Length; i++)
        {
            Assert.Equal(expected[i].Loss, found[i].Loss, 2e-5);
            Assert.Equal(expected[i].Correct.item<long>(), found[i].Correct.item<long>());
            foreach (var made in (ITrainableMethod[])[alone[i], together[i]]) made.BeforeUpdate(1);
            foreach (var (one, other) in alone[i].Trained.Zip(together[i].Trained))
            {
                var apart = one.Gradient!.Plus(other.Gradient!.neg()).abs().max().item<float>();
                Assert.InRange(apart, 0, (1e-4f * one.Gradient!.abs().max().item<float>()) + 1e-7f);
            }
        }
        foreach (var made in alone.Concat(together)) made.Dispose();
    }

    [Theory]
    [InlineData(MethodNames.CoOp)]
    [InlineData(MethodNames.KgCoOp)]
    [InlineData(MethodNames.ProGrad)]
    [InlineData(MethodNames.Lamm)]
    [InlineData(MethodNames.CoCoOp)]
    [InlineData(MethodNames.Plot)]
    public void A_batch_that_lanes_share_passes_a_frozen_image_tower_once_even_where_lanes_pass_alone(string method)
    {
        LaneSpec[] lanes = [new(1, 1, 4), new(2, 2, 4), new(3, 2, 4), new(4, 2, 4)];
        Assert.Equal((2, 4), Passes(method, lanes, together: false));
    }

    [Theory]
    [MemberData(nameof(Trained))]
    public void A_step_of_many_lanes_passes_the_towers_as_often_as_a_step_of_one(string method)
    {
        LaneSpec[] lanes = [new(1, 1, 4), new(2, 2, 4), new(3, 2, 4), new(4, 4, 4)];
        Assert.Equal(Passes(method, lanes[..1], together: true), Passes(method, lanes, together: true));
    }

    public void Dispose()
    {
        torch.set_num_threads(_threads);
        _texts.Dispose();
        _model.Dispose();
        _folder.Dispose();
    }

    private static TowerConfig Tower(int width, int heads) => new()
    {
        Width = width,
        Depth = 3,
        Heads = heads,
        MlpWidth = 4 * width,
        Activation = ClipActivation.QuickGelu,
        LayerNormEpsilon = 1e-5,
    };

    /// <summary>Passes of the towers in one step; what is computed when a method is made is not counted.</summary>
    private (int Images, int Texts) Passes(string method, IReadOnlyList<LaneSpec> lanes, bool together)
    {
        using var scope = torch.NewDisposeScope();
        using var counting = new CountingBackbone(_model);
        var methods = Create(method, lanes, counting);
        foreach (var fused in methods.OfType<ILanesTogether>()) fused.PassesTogether = together;
        var before = counting.Passes;
        Differentiate(0, lanes, methods);
        foreach (var made in methods) made.Dispose();
        return (counting.Passes.Images - before.Images, counting.Passes.Texts - before.Texts);
    }

    private List<Found> Train(string name, IReadOnlyList<LaneSpec> lanes)
    {
        using var scope = torch.NewDisposeScope();
        var methods = Create(name, lanes, _model);
        var losses = methods.Select(_ => new List<double>()).ToArray();
        var passes = new JointPasses();
        for (var step = 0; step < Steps; step++)
        {
            var results = Differentiate(step, lanes, methods, passes);
            for (var i = 0; i < methods.Length; i++)
            {
                losses[i].Add(results[i].Loss);
                methods[i].BeforeUpdate(step + 1);
                new Sgd(0.9, 0.0005).Update(methods[i].Trained, 0.01);
                methods[i].AfterUpdate(step + 1);
            }
        }
        var found = methods.Zip(losses, (method, all) => new Found([.. all], SafetensorsWriter.ToBytes(method.Weights()))).ToList();
        foreach (var method in methods) method.Dispose();
        return found;
    }

    private ITrainableMethod[] Create(string name, IEnumerable<LaneSpec> lanes, IBackbone model)
    {
        var factory = (IMethodFactory)TrainingMethods.BuiltIn.Find(name);
        return [.. lanes.Select(lane => (ITrainableMethod)factory.Create(new MethodInputs(
            SmallJobs.Of(name) with { Seed = lane.Seed }, model, new Words(), _data, _texts, IterationsPerEpoch: 1)))];
    }

    private StepResult[] Differentiate(
        int step, IReadOnlyList<LaneSpec> lanes, ITrainableMethod[] methods, JointPasses? passes = null)
    {
        var batches = lanes.Select(lane => (lane.Batches, lane.Size)).Distinct().ToDictionary(key => key, key => Batch(step, key));
        return TrainingStep.Differentiate([.. lanes.Zip(methods, (lane, method) =>
        {
            var (embedded, labels) = batches[(lane.Batches, lane.Size)];
            return new LaneBatch(method, embedded, labels);
        })], passes);
    }

    private (torch.Tensor Embedded, torch.Tensor Labels) Batch(int step, (int Batches, int Size) key)
    {
        using var noGradients = torch.no_grad();
        var generator = new torch.Generator((ulong)((100 * key.Batches) + step), torch.CPU);
        var pixels = torch.randn([key.Size, 3, 32, 32], generator: generator);
        var labels = Enumerable.Range(0, key.Size).Select(i => (long)((i + step + key.Batches) % Classes)).ToArray();
        return (_model.EmbedImages(pixels), torch.tensor(labels));
    }

    /// <summary>A lane: its seed, the seed of its batches, and their size.</summary>
    private sealed record LaneSpec(int Seed, int Batches, int Size);

    private sealed record Found(double[] Losses, byte[] Weights);

    private sealed class EmptySplit : IImageSplit
    {
        public IReadOnlyList<int> Labels => [];

        public RgbImage Load(int index) => throw new NotSupportedException();
    }

    /// <summary>One to three tokens for a name, one for every other word.</summary>
    private sealed class Words : ITokenizer
    {
        public int[] Encode(string text) =>
            [681, .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(Word), 682];

        private static IEnumerable<int> Word(string word)
        {
            var own = word.Sum(c => c);
            return Enumerable.Range(0, word.Length > 5 ? 1 + (own % 3) : 1).Select(i => 20 + ((own + (31 * i)) % 600));
        }
    }
}
