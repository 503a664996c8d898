using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods.KgCoOp;

/// <summary>Describes KgCoOp, which is CoOp regularised towards zero-shot CLIP's text features.</summary>
public sealed class KgCoOpDescriptor : MethodDescriptor<KgCoOpSettings>, IMethodFactory
{
    /// <inheritdoc/>
    public override string Name => MethodNames.KgCoOp;

    /// <inheritdoc/>
    public override string Title => "KgCoOp";

    /// <inheritdoc/>
    public override int Order => 8;

    /// <inheritdoc/>
    public override MethodSummary Summary =>
        new("a context kept close to the text features of hand-crafted prompts", "2,048", "frozen", "per step");

    /// <inheritdoc/>
    public override string PresetSource =>
        "htyao89/KgCoOp `vit_b16_ep100_ctxv1.yaml`";

    /// <inheritdoc/>
    protected override TrainSettings Common => new() { Epochs = 100, BatchSize = 128, LearningRate = 0.002 };

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => KgCoOpMethod.Create(inputs);
}
