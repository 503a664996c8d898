using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Numerics;
using AdaptCluster.Training.Tests.Backbones.Clip;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>
/// On a CPU lanes pass the towers together only in shapes for which that gave the bits of separate passes, and what a step finds is
/// always what separate passes find.
/// </summary>
public sealed class JointPassesTests(SmallClip clip) : IClassFixture<SmallClip>
{
    private readonly List<string> _ways = [];

    [Fact]
    public void Lanes_pass_together_once_a_step_of_their_shapes_had_equal_bits_both_ways()
    {
        var passes = new JointPasses();
        Step(passes, 4, "8", "8");
        Step(passes, 4, "8", "8");
        Step(passes, 4, "8", "8");
        Step(passes, 4, "8", "8");
        Assert.Equal(["separate", "together", "separate", "together", "together"], _ways);
        Assert.False(passes.Differed);
    }

    [Fact]
    public void Lanes_never_pass_together_again_after_a_step_whose_bits_differed()
    {
        var passes = new JointPasses();
        for (var step = 0; step < 4; step++) Step(passes, 4, 1e-6, "8", "8");
        Step(passes, 3, "8", "8");
        Step(passes, 3, "8", "8");
        Assert.Equal(["separate", "together", "separate", "separate", "separate", "separate", "separate"], _ways);
        Assert.True(passes.Differed);
    }

    [Theory]
    [InlineData(3, "8", "8")]
    [InlineData(4, "8", "7")]
    [InlineData(4, "7", "8")]
    [InlineData(4, "8", "8", "8")]
    public void Other_shapes_are_compared_by_themselves(int images, params string[] shapes)
    {
        var passes = new JointPasses();
        for (var step = 0; step < 3; step++) Step(passes, 4, "8", "8");
        _ways.Clear();
        for (var step = 0; step < 3; step++) Step(passes, images, shapes);
        Step(passes, 4, "8", "8");
        Assert.Equal(["separate", "together", "separate", "together", "together"], _ways);
    }

    [Fact]
    public void Shapes_that_change_in_each_step_are_not_compared()
    {
        var passes = new JointPasses();
        for (var step = 0; step < 5; step++) Step(passes, 4, $"{step}", "8");
        Assert.All(_ways, way => Assert.Equal("separate", way));
    }

    [Fact]
    public void A_lane_by_itself_and_lanes_that_name_no_shape_are_left_as_they_are()
    {
        var passes = new JointPasses();
        for (var step = 0; step < 3; step++) Step(passes, 4, "8");
        Assert.Equal(["alone", "alone", "alone"], _ways);
        _ways.Clear();
        for (var step = 0; step < 3; step++) Step(passes, 4, null, null);
        Assert.Equal(["together", "together", "together"], _ways);
    }

    private void Step(JointPasses passes, int images, params string?[] shapes) => Step(passes, images, 0, shapes);

    /// <summary>Makes a step, and holds its results against those of separate passes.</summary>
    /// <param name="passes">What decides.</param>
    /// <param name="images">The images of each batch.</param>
    /// <param name="apart">What a pass together adds to the logits.</param>
    /// <param name="shapes">The shape that each lane names.</param>
    private void Step(JointPasses passes, int images, double apart, params string?[] shapes)
    {
        using var scope = torch.NewDisposeScope();
        var lanes = shapes.Select((shape, lane) =>
        {
            var labels = torch.tensor(Enumerable.Range(0, images).Select(image => image % 3L).ToArray());
            var method = new NotedMethod(clip.Model, lane, shape, apart, _ways) { PassesTogether = shape is null };
            return new LaneBatch(method, torch.zeros(images, 1, 1), labels);
        }).ToArray();
        var found = TrainingStep.Differentiate(lanes, passes);
        foreach (var (lane, result) in lanes.Zip(found))
        {
            using var expected = new NotedMethod(clip.Model, ((NotedMethod)lane.Method).Lane, null, 0, []);
            var alone = TrainingStep.Differentiate([lane with { Method = expected }])[0];
            Assert.Equal(alone.Loss, result.Loss);
            Assert.True(expected.Trained[0].Gradient!.eq(lane.Method.Trained[0].Gradient!).all().item<bool>());
            lane.Method.Dispose();
        }
    }

    /// <summary>A method of one number a class, which notes in which way its lanes pass.</summary>
    private sealed class NotedMethod(IBackbone model, int lane, string? shape, double apart, List<string> ways)
        : TensorMethod(model, new NamedTensors([KeyValuePair.Create("bias", torch.linspace(0.1, 0.3 + lane, 3))])), ILanesTogether
    {
        public int Lane => lane;

        public bool PassesTogether { get; set; }

        public string? PassShape => shape;

        public override object StepsWith => typeof(NotedMethod);

        public override IClassifier Freeze() => throw new NotSupportedException();

        public override IReadOnlyList<StepOutput> Forward(IReadOnlyList<LaneBatch> lanes)
        {
            ways.Add(lanes.Count == 1 ? "alone" : PassesTogether ? "together" : "separate");
            var added = lanes.Count > 1 && PassesTogether ? apart : 0;
            return [.. lanes.Select(one => ((NotedMethod)one.Method).Output(one, added))];
        }

        protected override StepOutput Forward(LaneBatch batch) => Output(batch, 0);

        private StepOutput Output(LaneBatch batch, double added)
        {
            var rising = torch.linspace(0, added, 3);
            var logits = Tensors["bias"].Plus(rising).unsqueeze(0).repeat(batch.Labels.shape[0], 1);
            return new StepOutput(cross_entropy(logits, batch.Labels), logits);
        }
    }
}
