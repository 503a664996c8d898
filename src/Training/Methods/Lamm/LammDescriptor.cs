using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods.Lamm;

/// <summary>Describes LAMM, which trains the tokens of the class names.</summary>
public sealed class LammDescriptor : MethodDescriptor<LammSettings>, IMethodFactory
{
    /// <inheritdoc/>
    public override string Name => MethodNames.Lamm;

    /// <inheritdoc/>
    public override string Title => "LAMM";

    /// <inheritdoc/>
    public override int Order => 9;

    /// <inheritdoc/>
    public override MethodSummary Summary =>
        new("the first tokens of each class name", "51,200 for 100 classes", "frozen", "per step");

    /// <inheritdoc/>
    public override bool ClassifiesNewClasses => false;

    /// <inheritdoc/>
    public override string PresetSource =>
        "gaojingsheng/LAMM `vit_b16_ep50_ctxv1.yaml`";

    /// <inheritdoc/>
    protected override TrainSettings Common => new() { Epochs = 50, BatchSize = 32, LearningRate = 0.002 };

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => LammMethod.Create(inputs);
}
