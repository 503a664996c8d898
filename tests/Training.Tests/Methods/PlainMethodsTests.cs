using AdaptCluster.Reference;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Methods.CoCoOp;
using AdaptCluster.Training.Methods.CoOp;
using AdaptCluster.Training.Methods.KgCoOp;
using AdaptCluster.Training.Methods.Lamm;
using AdaptCluster.Training.Methods.Maple;
using AdaptCluster.Training.Methods.Plot;
using AdaptCluster.Training.Methods.ProGrad;
using AdaptCluster.Training.Methods.Vpt;
using AdaptCluster.Training.Numerics;
using CsCheck;
using TorchSharp;
using Values = System.Collections.Generic.IReadOnlyDictionary<string, TorchSharp.torch.Tensor>;

namespace AdaptCluster.Training.Tests.Methods;

/// <summary>
/// What the methods leave out and share (text behind the last end, starts that texts share, towers that nothing trained reaches) changes
/// nothing: held against the papers' losses over whole texts, on random models of any size.
/// </summary>
public sealed class PlainMethodsTests
{
    private const double Deviation = 0.3;

    public PlainMethodsTests() => torch.set_num_threads(1);

    [Fact]
    public void CoOp_is_the_plain_one() => Hold(model => new Held(
        Named(("ctx", model.Normal(Deviation, model.Before, model.Config.Text.Width))),
        values => new CoOpMethod(model.Model, model.Texts, values["ctx"]), (plain, values, _) => plain.CoOp(values)));

    [Fact]
    public void CoCoOp_is_the_plain_one() => Hold(model =>
    {
        var (text, joint, hidden) = (model.Config.Text.Width, model.Config.EmbeddingSize, 1 + (model.Before % 3));
        return new Held(
            Named(("ctx", model.Normal(Deviation, model.Before, text)), ("meta_net.linear1.weight", model.Normal(1, hidden, joint)),
                ("meta_net.linear1.bias", model.Normal(1, hidden)), ("meta_net.linear2.weight", model.Normal(Deviation, text, hidden)),
                ("meta_net.linear2.bias", model.Normal(Deviation, text))),
            values => new CoCoOpMethod(model.Model, model.Texts, new NamedTensors(values)), (plain, values, _) => plain.CoCoOp(values));
    });

    [Fact]
    public void VPT_is_the_plain_one_whatever_its_depth() => Hold(model =>
    {
        var depth = 1 + (model.Before % model.Config.Vision.Depth);
        var texts = model.Model.PrepareTexts(model.Texts);
        return new Held(
            Named(("prompts", model.Normal(Deviation, depth, 1 + (model.Texts.Count % 3), model.Config.Vision.Width))),
            values => new VptMethod(model.Model, texts, values["prompts"]), (plain, values, _) => plain.Vpt(values), texts.Dispose);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PLOT_is_the_plain_one(bool addPooled) => Hold(model =>
    {
        const int iterations = 20;
        return new Held(
            Named(("ctx", model.Normal(Deviation, 1 + (model.Texts.Count % 4), model.Before, model.Config.Text.Width))),
            // A threshold of 0 leaves the number of iterations to no rounding.
            values => new PlotMethod(model.Model, model.Texts, values["ctx"], new Sinkhorn(0.1, 0, iterations), addPooled),
            (plain, values, _) => plain.Plot(values, 0.1, iterations, addPooled));
    });

    [Fact]
    public void MaPLe_is_the_plain_one_whatever_its_depth() => Hold(model =>
    {
        var (text, image) = (model.Config.Text.Width, model.Config.Vision.Width);
        var depth = 1 + (model.Texts.Count % Math.Min(model.Config.Text.Depth, model.Config.Vision.Depth));
        var tokens = 1 + (model.Before / 2);
        var values = Named(("ctx", model.Normal(Deviation, tokens, text)), ("proj.weight", model.Normal(Deviation, image, text)),
            ("proj.bias", model.Normal(Deviation, image)));
        for (var j = 0; j < depth - 1; j++)
        {
            values[$"compound_prompts_text.{j}"] = model.Normal(Deviation, tokens, text);
            values[$"compound_prompt_projections.{j}.weight"] = model.Normal(Deviation, image, text);
            values[$"compound_prompt_projections.{j}.bias"] = model.Normal(Deviation, image);
        }
        return new Held(values, start => new MapleMethod(model.Model, model.Texts, new NamedTensors(start)),
            (plain, trained, _) => plain.Maple(trained));
    });

    [Fact]
    public void KgCoOp_is_the_plain_one() => Hold(model => new Held(
        Named(("ctx", model.Normal(Deviation, model.Before, model.Config.Text.Width))),
        values => new KgCoOpMethod(model.Model, model.Texts, model.Teacher, values["ctx"], weight: 8),
        (plain, values, clip) => plain.KgCoOp(values, clip.Pad(model.Teacher), 8)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LAMM_is_the_plain_one(bool trainedIsTarget) => Hold(model =>
    {
        var (position, shortest) = (1 + model.Before, model.Texts.Min(text => text.Length) - model.Before - 2);
        var original = Backbones.Clip.ContextTextsTests.Embed(model.Model, model.Texts, position, shortest);
        return new Held(
            Named(("name_tokens", original.Plus(model.Normal(Deviation, original.shape)))),
            values =>
                new LammMethod(model.Model, model.Texts, position, original.clone(), values["name_tokens"],
                    new LammWeights(0.5, 1, 0.05, 2, trainedIsTarget)),
            (plain, values, clip) => plain.Lamm(values, original.to_type(clip.Scale.dtype), position, (0.5, 1, 0.05, 2), trainedIsTarget));
    });

    [Fact]
    public void ProGrad_is_the_plain_one_and_its_gradient_never_goes_against_the_teacher_s() =>
        Gen.Select(RandomModel.Sizes, Gen.Int[0, 1_000_000], Gen.Int[1, 6], Gen.Int[1, 4], Gen.Double[0, 1])
            .Sample((config, seed, classes, batch, lambda) =>
        {
            using var scope = torch.NewDisposeScope();
            using var model = new RandomModel(config, seed, classes, batch);
            var start = Named(("ctx", model.Normal(Deviation, model.Before, config.Text.Width)));
            PlainStep Step(PlainClip clip)
            {
                var (values, plain) = (Leaves(start, clip), model.For(clip));
                var (loss, guide) = plain.ProGrad(values, clip.Pad(model.Teacher), 2);
                guide.backward(retain_graph: true);
                var h = values["ctx"].grad!.clone();
                values["ctx"].grad = null;
                loss.backward();
                var g = values["ctx"].grad!.clone();
                double Number(torch.Tensor tensor) => tensor.to_type(torch.ScalarType.Float64).item<double>();
                var along = Number((g * h).sum());
                var aligned = along < 0 ? g.Plus(h.Times(-lambda * along / Number((h * h).sum()))) : g;
                return new PlainStep(loss.detach(), Named(("ctx", aligned)), along / Number(g.norm() * h.norm()));
            }
            var (truth, plain) = (Step(model.Exact), Step(model.Plain));
            // Where the two are all but at right angles, rounding decides which way they go; with one class there is nothing to learn.
            if (!(Math.Abs(truth.Cosine) > 1e-3)) return;
            using var method = new ProGradMethod(model.Model, model.Texts, model.Teacher, start["ctx"].clone(), lambda, temperature: 2);
            Check(truth, plain, method, model);
        }, iter: 60, threads: 1);

    private static void Hold(Func<RandomModel, Held> describe) =>
        Gen.Select(RandomModel.Sizes, Gen.Int[0, 1_000_000], Gen.Int[1, 6], Gen.Int[1, 4]).Sample((config, seed, classes, batch) =>
        {
            using var scope = torch.NewDisposeScope();
            using var model = new RandomModel(config, seed, classes, batch);
            var held = describe(model);
            PlainStep Step(PlainClip clip)
            {
                var values = Leaves(held.Start, clip);
                var loss = held.Plain(model.For(clip), values, clip);
                loss.backward();
                return new PlainStep(loss.detach(), values.ToDictionary(
                    value => value.Key, value => value.Value.grad ?? torch.zeros_like(value.Value)), 0);
            }
            using (var method = held.Make(held.Start.ToDictionary(value => value.Key, value => value.Value.clone())))
                Check(Step(model.Exact), Step(model.Plain), method, model);
            held.Dispose?.Invoke();
        }, iter: 60, threads: 1);

    private static void Check(PlainStep truth, PlainStep plain, ITrainableMethod method, RandomModel model)
    {
        var step = TrainingStep.Differentiate([new LaneBatch(method, model.Model.EmbedImages(model.Pixels), model.Labels)])[0];
        method.BeforeUpdate(1);
        PlainTolerance.AssertClose(truth.Loss, plain.Loss, torch.tensor(step.Loss), "loss");
        foreach (var (name, i) in truth.Gradients.Keys.Order(StringComparer.Ordinal).Select((name, i) => (name, i)))
            PlainTolerance.AssertClose(truth.Gradients[name], plain.Gradients[name], method.Trained[i].Gradient!, "gradient of " + name);
    }

    private static Dictionary<string, torch.Tensor> Leaves(Values start, PlainClip clip) =>
        start.ToDictionary(value => value.Key, value => value.Value.detach().to_type(clip.Scale.dtype).clone().requires_grad_());

    private static Dictionary<string, torch.Tensor> Named(params (string Name, torch.Tensor Value)[] tensors) =>
        tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Value);

    /// <summary>A method and the plain loss that it is held against.</summary>
    private sealed record Held(
        Dictionary<string, torch.Tensor> Start, Func<Dictionary<string, torch.Tensor>, ITrainableMethod> Make,
        Func<PlainMethods, Values, PlainClip, torch.Tensor> Plain, Action? Dispose = null);

    private sealed record PlainStep(torch.Tensor Loss, Dictionary<string, torch.Tensor> Gradients, double Cosine);
}
