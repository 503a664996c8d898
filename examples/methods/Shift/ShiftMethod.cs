using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Shift;

/// <summary>Trains a vector that is added to every text feature.</summary>
internal sealed class ShiftMethod(IBackbone model, torch.Tensor texts, torch.Tensor shift, double strength)
    : TensorMethod(model, new NamedTensors([KeyValuePair.Create("shift", shift)]))
{
    private torch.Tensor Shifted => texts.Plus(Tensors["shift"].Times(strength));

    internal static ShiftMethod Create(MethodInputs inputs, ShiftSettings settings)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var texts = inputs.Model.EncodeTexts(inputs.Texts).DetachFromDisposeScope();
        var shift = inputs.Initial.Normal(0, 0.02, inputs.Model.Shape.EmbeddingSize);
        return new ShiftMethod(inputs.Model, texts, shift, settings.Strength);
    }

    public override IClassifier Freeze()
    {
        using var scope = torch.NewDisposeScope();
        return new PromptedClassifier(Model, Shifted);
    }

    public override void Dispose()
    {
        base.Dispose();
        texts.Dispose();
    }

    // No trained tensor enters the image tower, so FrozenImages can skip its gradients and reuse cached features.
    protected override StepOutput Forward(LaneBatch batch)
    {
        var logits = Model.Logits(FrozenImages(batch), Shifted);
        return new StepOutput(cross_entropy(logits, batch.Labels), logits);
    }
}
