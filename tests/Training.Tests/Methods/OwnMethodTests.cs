using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Numerics;
using AdaptCluster.Training.Optimisation;
using AdaptCluster.Training.Tests.Backbones.Clip;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Tests.Methods;

/// <summary>The worked example of docs/methods.md works as it stands there.</summary>
public sealed class OwnMethodTests(SmallClip clip) : IClassFixture<SmallClip>
{
    [Fact]
    public void The_example_in_the_documentation_is_this_code()
    {
        var code = File.ReadAllText(Repository.At("tests/Training.Tests/Methods/OwnMethodTests.cs"));
        var start = code.IndexOf("/// <summary>A shift of the text features.</summary>\n" + "internal", StringComparison.Ordinal);
        Assert.Contains("```csharp\n" + code[start..] + "```", File.ReadAllText(Repository.At("docs/methods.md")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_lowers_its_loss_and_classifies_as_it_trains()
    {
        using var scope = torch.NewDisposeScope();
        using var texts = clip.Model.PrepareTexts([[38, 1, 2, 39], [38, 1, 3, 4, 39], [38, 5, 39]]);
        using var method = ShiftMethod.Create(new MethodInputs(
            SmallJobs.Of("vpt"), clip.Model, null!, null!, texts, IterationsPerEpoch: 1));
        var batch = new LaneBatch(method, clip.Model.EmbedImages(torch.ones(3, 3, 8, 8)), torch.tensor((long[])[0, 1, 1]));
        var losses = Enumerable.Range(1, 20).Select(iteration =>
        {
            var step = TrainingStep.Differentiate([batch])[0];
            method.BeforeUpdate(iteration);
            new Sgd(0.9, 0).Update(method.Trained, 0.01);
            return step.Loss;
        }).ToArray();
        Assert.True(losses[^1] < losses[0]);
        Assert.Equal(24, method.TrainableParameters);
        Assert.Equal(["shift"], method.Weights().Keys);
        var trained = method.Forward([batch])[0].Logits.detach();
        using var noGradients = torch.no_grad();
        using var classifier = method.Freeze();
        Assert.True(torch.allclose(trained, classifier.Logits(batch.Embedded), rtol: 1e-5, atol: 1e-5),
            "The classifier gives other logits.");
    }
}

/// <summary>A shift of the text features.</summary>
internal sealed class ShiftMethod(IBackbone model, torch.Tensor texts, torch.Tensor shift)
    : TensorMethod(model, new NamedTensors([KeyValuePair.Create("shift", shift)]))
{
    internal static ShiftMethod Create(MethodInputs inputs)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var texts = inputs.Model.EncodeTexts(inputs.Texts).DetachFromDisposeScope();
        return new ShiftMethod(inputs.Model, texts, inputs.Initial.Normal(0, 0.02, inputs.Model.Shape.EmbeddingSize));
    }

    public override IClassifier Freeze()
    {
        using var scope = torch.NewDisposeScope();
        return new PromptedClassifier(Model, texts.Plus(Tensors["shift"]));
    }

    public override void Dispose()
    {
        base.Dispose();
        texts.Dispose();
    }

    // FrozenImages says that nothing trained reaches the image tower: no gradients there, and features that are kept where they can be.
    protected override StepOutput Forward(LaneBatch batch)
    {
        var logits = Model.Logits(FrozenImages(batch), texts.Plus(Tensors["shift"]));
        return new StepOutput(cross_entropy(logits, batch.Labels), logits);
    }
}
